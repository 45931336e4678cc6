import type en from '../en/shell'
import type { Translated } from '../catalogue'

export default {
  product: 'Quorate',
  skip: '跳到页面内容', tooltips: '工具提示',
  rail: {
    label: '集群', overview: '总览', add: '添加集群', settings: '设置', palette: '命令',
    startLocal: '启动本地集群', attach: '接入集群', alerts: '{n} 个告警', move: '按 Alt+方向键上下移动',
  },
  tabs: { label: '此集群的页面', topology: '拓扑', consensus: '共识', replication: '复制', alerts: '告警', events: '事件', lab: '实验室' },
  header: { critical: '关键', waiting: '正在等待成员的首次应答。', notFound: '没有这个集群。', notFoundHint: '它可能已被移除。', toOverview: '前往总览' },
  menu: {
    label: '{name} 的操作', rename: '重命名', markCritical: '标记为关键集群', unmarkCritical: '取消关键标记', stop: '停止集群', start: '启动集群',
    delete: '删除集群', detach: '断开接入', credentials: '重新输入凭据',
  },
  rename: { title: '重命名 {name}', label: '名称', save: '重命名', tooLong: '名称应为 1 到 60 个字符。' },
  delete: { title: '删除 {name}', confirm: '删除集群及其数据', text: '其全部进程将被停止，数据目录和此集群的历史记录将被删除。此操作无法撤销。' },
  detach: { title: '断开 {name}', confirm: '断开接入', text: 'Quorate 将不再询问其成员，并忘记访问方式。集群本身不受影响。' },
  stop: { title: '停止 {name}', confirm: '停止集群', text: '其全部进程将被停止。数据会保留，之后可以再次启动。' },
  failed: { rename: '集群未能重命名', mark: '标记未能更改', stop: '集群未能停止', start: '集群未能启动', dismiss: '提示未能关闭', settings: '设置未能保存' },
  drawer: { label: '详情', close: '关闭详情' },
  connection: {
    connecting: '正在连接', connected: '已连接', reconnecting: '正在重新连接', disconnected: '连接已断开',
    lost: '控制台服务没有应答。', lostText: '当前显示的内容可能已过时。连接会自动重试。', retry: '立即重试',
    waiting: '正在连接控制台服务',
    failures: {
      'no-token': { title: '此地址不含访问令牌。', hint: '请打开“quorate serve”打印的完整地址，包括 # 之后的全部内容。' },
      'loopback-gone': { title: '无法连接控制台服务。', hint: '请确认“quorate serve”仍在运行。它重启后，请打开其打印的新地址。' },
      'desktop-gone': { title: '控制台服务未能及时应答。', hint: '它会自动重新启动；若一直没有恢复，请重启 Quorate。' },
    },
  },
  past: { viewing: '正在查看 {time}，{age}前', toLive: '回到实时', loading: '正在读取历史记录', playing: '以 {speed} 倍速播放' },
  time: {
    label: '时间条', track: '所示时刻', live: '实时', toLive: '回到实时', pause: '停在此刻', play: '播放', stop: '停止播放', speed: '播放速度', range: '时间范围',
    previous: '上一个事件', next: '下一个事件', atLive: '实时，{time}', atPast: '{time}，{age}前', elections: '选举', alerts: '告警', all: '全部',
    nothing: '尚无历史记录。',
  },
  status: { clusters: '{n} 个集群', alerts: '无告警 | {n} 个告警 | {n} 个告警', database: '历史 {size}', noHistory: '无历史记录', notices: '{n} 条提示' },
  palette: { title: '命令', placeholder: '搜索集群、页面和操作', nothing: '没有与“{query}”匹配的内容。', goTo: '前往', action: '操作', results: '{n} 个结果' },
  keys: {
    title: '快捷键', window: '窗口', timeBar: '时间条', palette: '命令', cluster: '第 1 至 9 个集群', overview: '总览', filter: '筛选', list: '此列表', close: '关闭或清除',
    settings: '设置', pause: '停住或播放', back: '后退或前进一秒', farBack: '后退或前进半分钟', live: '实时', tabs: '集群的第 1 至 6 个页面', drawer: '关闭详情',
  },
  theme: { toggle: '切换浅色与深色' },
  error: {
    title: '此页面出错', text: 'Quorate 的其余部分仍在运行。集群和历史记录不受影响。', retry: '重新打开此页面', overview: '前往总览', reload: '重新加载窗口',
    details: '错误详情', copy: '复制', copied: '已复制',
  },
} satisfies Translated<typeof en>
