import type en from '../en/ui'
import type { Translated } from '../catalogue'

export default {
  units: { ms: '毫秒', s: '秒', min: '分钟', h: '小时', d: '天' },
  states: { quorate: '达到法定人数', 'at-risk': '有风险', 'no-quorum': '未达法定人数', starting: '启动中', stopping: '停止中', stopped: '已停止', unknown: '未知' },
  roles: {
    leader: '领导者', follower: '跟随者', candidate: '候选者', learner: '学习者', observer: '观察者', witness: '见证者',
    primary: '主库', standby: '备库', replica: '副本', down: '停机', unknown: '未知',
  },
  unknownBecause: {
    unreachable: '未知：该成员没有应答。',
    'not-reported': '未知：该成员没有报告此项。',
    'not-supported': '未知：此引擎或版本没有此项指标。',
    'not-measured': '未知：尚未测量。',
    refused: '未知：该成员拒绝提供。',
  },
  unknown: '未知',
  close: '关闭', cancel: '取消', dismiss: '不再显示', loading: '正在加载', required: '必填', more: '增加', less: '减少', retry: '重试',
  notifications: '通知',
  ago: '{age}前', now: '刚刚', epoch: '任期 {term}', saidBy: '来源：{name}', saidAt: '{time}（{age}）', staleFor: '已过时：上次收到是{age}',
  typeToConfirm: '输入“{name}”以确认',
} satisfies Translated<typeof en>
