import type en from '../en/options'
import type { Translated } from '../catalogue'

export default {
  options: {
    title: '选项', heading: '成员的运行选项', caption: '集群的选项', machine: '键值对、锁、队列与计数器，经由客户端会话',
    columns: { option: '选项', inForce: '当前生效', change: '更改方式' }, default: '默认', usual: '默认为{value}', next: '下次启动后为{value}', entries: '条',
    ways: { index: '法定人数', lease: '租约' }, on: '开启', off: '关闭', nobody: '无', preferred: '{name}，第 {place} 选择', range: '{from} 至 {to}',
    names: {
      protocol: '协议', machine: '状态机', reads: '读取', forwarding: '转发', prefer: '优先领导者', tentative: '试探执行', snapshotAfterEntries: '快照间隔', snapshotAfterBytes: '快照间隔（按大小）', trailingEntries: '快照之后保留',
      electionTimeout: '选举超时', timeoutUnit: '视图变更超时的单位', heartbeat: '心跳', checkpointInterval: '检查点间隔', signedCommands: '命令签名',
    },
    readsHints: {
      index: '领导者在回答线性一致的读取之前先询问法定人数。',
      lease: '租约有效期间由领导者单独回答。这依赖各成员的时钟，其误差界限见 docs/protocols。',
    },
    forwardingHint: '不领导的成员把命令和读取转交给领导者。',
    preferHint: '按顺序选择成员：第一个只要可以就由它领导，其他成员推迟参选。集群启动后领导权移交给它。首选成员恢复后不会立即接任：领导权留在原处，直到下一次选举或移交。',
    tentativeHint: '副本在提交之前就执行已准备好的批次。同一视图中有法定人数的副本给出相同答复时，客户端才采信。',
    snapshotHint: '日志每增长这么多就生成一次快照；快照之后保留其十分之一，最多 10,000 条。',
    changes: { rolling: '逐个重启成员。', stopped: '集群停止时。', fixed: '固定。' },
    why: {
      protocol: '创建集群时选定：每种协议都有自己的日志。', machine: '所有协议都相同。',
      reads: '租约建立在投票成员的承诺之上：必须全体一起更改。',
      prefer: '它只推迟各成员参选的时间；更改完成后，领导权会移交给首选成员。',
      tentative: '各副本各自决定，客户端两种答复都计入。', forwarding: '成员之间可以暂时不同。', snapshotAfterEntries: '每个成员各自生成快照。',
      snapshotAfterBytes: '限制一个节点占用的磁盘和内存。', trailingEntries: '“快照间隔”的十分之一，最多 10,000 条。',
      electionTimeout: '全体相同：租约和选举都以它计量。', heartbeat: '全体相同：约为最短选举超时的三分之一。',
      timeoutUnit: '所有副本都相同。', checkpointInterval: '副本必须就检查点的位置达成一致；它由副本数决定。',
      signedCommands: '客户端共用一把随集群生成的密钥：副本无法编造它们的请求。新建的集群一律开启。',
    },
    unknown: { stopped: '没有进程在运行', 'not-reported': '成员没有说明', past: '没有记录；事件中可查选项何时更改' },
    change: '更改…', goOn: '继续…', outdated: '仍按旧值运行：{names}。',
    dialog: {
      title: '更改 {cluster} 的选项', goOnTitle: '继续更改 {cluster} 的选项', text: '此后每次启动都采用新的值。', confirm: '更改选项', goOn: '继续',
      held: '只能在集群停止时为全体成员一起更改。', plan: '将要发生的事', same: '选择其他值即可看到将要发生的事。', from: '{from} → {to}',
      stopped: '不重启任何成员。下次启动后生效。', rolling: '成员逐个重启，前一个追上进度后才轮到下一个：',
      leads: '先移交领导权；写入会短暂停顿', later: '目前停机，启动后采用新值：{names}。',
      tolerates: '可容忍的失效', now: '现在', meanwhile: '有成员重启时', unplanned: '无法制定计划', failed: '选项未能更改', begun: '正在更改选项', remembered: '选项已更改',
    },
    rollout: {
      label: '更改的进度', running: '{all} 个成员中已完成 {done} 个。', cancelling: '正在取消：等待正在重启的成员。{all} 个中已完成 {done} 个。', cancel: '取消', cancelFailed: '更改未能取消',
      done: '新的选项已生效', failed: '选项的更改中止', cancelled: '选项的更改已取消。',
      steps: { waiting: '等待', 'awaiting-member': '未在运行，等待它恢复', 'awaiting-quorum': '等待集群可以暂时失去它', 'handing-over': '移交领导权', restarting: '正在重启', 'catching-up': '正在追赶', done: '完成', later: '停机' },
    },
  },
} satisfies Translated<typeof en>
