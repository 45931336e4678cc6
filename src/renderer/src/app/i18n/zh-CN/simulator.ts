export default {
  simulator: {
    title: '模拟器', intro: '节点的同一份代码，运行在模拟的时钟、网络和磁盘上。相同的选择给出逐事件相同的运行；每一步之后检查全部不变式。',
    waiting: '正在准备模拟', broke: '模拟器已停止：{message}', run: '{protocol} · {nodes} 个节点 · 种子 {seed}', drawing: '成员与在途消息', look: '查看',
    protocols: { raft: 'Raft', paxos: 'Multi-Paxos', pbft: 'PBFT' },
    setup: {
      heading: '设置', protocol: '协议', nodes: '节点数', seed: '种子', seedHint: '延迟、丢失和故障安排都由它抽取。', draw: '换一个种子', profile: '侧重', synchrony: '系统模型', faults: '故障', start: '开始模拟',
      toleratesLiars: '容忍 {n} 个说谎或崩溃的节点', toleratesCrashes: '容忍 {n} 个崩溃的节点',
      beyond: '打破一个假设', beyondLiars: '说谎者比协议容忍的多一个：正确的副本可能作出不同的决定。', beyondClocks: '使用租约读，而 n1 的时钟只有四分之一的速度：读到的可能是旧值。',
    },
    profiles: { mixed: '全部', elections: '选举', snapshots: '快照', membership: '成员变更', disk: '磁盘', reads: '读取', byzantine: '说谎者', calm: '平静', changes: '变更途中', transfers: '传输途中', moments: '每个时刻', tentative: '试探执行' },
    profileHints: {
      mixed: '各种故障，各有其发生率。', elections: '领导者频繁更替。', snapshots: '日志很短，成员会落后。', membership: '运行中增减成员。', disk: '撕裂写、位腐烂、磁盘写满。',
      reads: '大量读取，领导者可能已被取代。', byzantine: '部分成员说谎。', calm: '故障很少。',
      changes: '故障发生在成员变更途中。', transfers: '故障发生在状态传输途中。', moments: '各种故障均匀地落在每个阶段。',
      tentative: '副本在提交之前就执行已准备好的批次，视图变更时再撤回。',
    },
    synchronies: { drawn: '由种子抽取', synchronous: '同步', 'partially-synchronous': '部分同步', asynchronous: '异步' },
    synchronyHints: { drawn: '三者之一。', synchronous: '任何消息不超过 200 毫秒。', 'partially-synchronous': '故障结束之后延迟才有上界。', asynchronous: '消息可能花费任意长的时间。' },
    groups: { process: '进程', network: '网络', clock: '时钟', disk: '磁盘', operator: '运维操作', byzantine: '说谎者' },
    transport: { label: '运行', start: '回到开头', play: '播放', pause: '暂停', step: '下一事件', speed: '速度', end: '到末尾', track: '模拟时间', time: '时间', healing: '从这里起，一个法定人数恢复正常，并且必须达成一致。' },
    keys: { play: '播放或暂停模拟', step: '下一事件', near: '后退或前进十分之一秒', far: '后退或前进一秒', start: '回到开头', end: '运行到末尾' },
    logs: { heading: '日志', caption: '每个成员的日志', index: '索引', none: '还没有条目。', compacted: '已在快照中', states: { volatile: '在内存中', persisted: '已落盘', committed: '已提交', applied: '已应用' } },
    fork: { heading: '此刻加入故障', fault: '故障', node: '成员', lasts: '持续', inject: '从这里分叉', hint: '此刻之后模拟过的内容会被丢弃。在图上画一条线，会把它切断五秒。' },
    tools: {
      'crash': '崩溃', 'pause': '暂停', 'isolate': '隔离', 'one-way': '只听不说（单向）', 'ring': '环形', 'bridge': '桥接', 'loss': '丢失 30 %', 'delay': '慢五倍', 'clock-jump': '时钟跳进', 'torn-write': '撕裂写',
      'fsync-error': '刷盘失败', 'disk-full': '磁盘写满', 'disk-stall': '磁盘停顿', 'transfer-leadership': '移交领导权', 'power-loss': '全部断电',
    },
    faults: {
      'crash': '{node} 崩溃', 'power-loss': '全部断电', 'pause': '{node} 停住不动', 'partition-groups': '分区：{groups}', 'partition-one-way': '{to} 听不到 {from}', 'partition-ring': '每个成员只听得到相邻者', 'partition-bridge': '只有 {node} 听得到两边',
      'partition-isolate': '{node} 被隔离', 'loss': '{percent} % 的消息丢失', 'duplication': '{percent} % 的消息重复', 'reordering': '{percent} % 的消息乱序', 'clog': '从 {from} 到 {to} 的消息在等待', 'delay': '网络慢 {factor} 倍',
      'drop': '从 {from} 到 {to} 的第 {nth} 条消息丢失', 'clock-jump': '{node} 的时钟跳动 {seconds} 秒', 'clock-drift': '{node} 的时钟以 {rate} 倍速运行', 'torn-write': '{node} 在写入途中死亡', 'bit-rot': '{node} 的磁盘上有一位翻转',
      'misdirected-write': '{node} 的磁盘写错位置', 'misdirected-read': '{node} 的磁盘读错位置', 'fsync-error': '{node} 的一次刷盘失败', 'disk-full': '{node} 的磁盘已满', 'disk-stall': '{node} 的磁盘停顿',
      'transfer-leadership': '领导权移交给 {node}', 'transfer-leadership-any': '移交领导权', 'change-members': '成员变更：{changes}',
    },
    events: {
      'sent': '{from} 发给 {to}：{message}', 'delivered': '{from} 的 {message} 到达 {to}', 'dropped': '{from} 发给 {to} 的 {message} 丢失', 'role': '{node} 在 {term} 中成为 {role}', 'term': '{node} 进入 {term}', 'leader': '{node} 在 {term} 中跟随 {leader}', 'no-leader': '{node} 在 {term} 中不知道领导者',
      'members': '{node} 所知的成员：{members}', 'misbehaviour': '{node} 证明 {of} 违反了协议：{what}', 'crash': '{node} 结束：{why}', 'restart': '{node} 带着 {n} 条记录重新启动', 'rotten': '{node} 不启动：{why}', 'fault-ended': '结束：{text}',
      'invoked': '{client} 请求：{f} {key} {value}', 'completed-ok': '{client} 得到答复：{f} {key} {value}', 'completed-fail': '{client} 被拒绝：{f} {key}', 'completed-unknown': '{client} 不知道结果：{f} {key}', 'committed': '{node} 得知 {from} 到 {to} 已提交', 'applied': '{node} 应用 {command}',
      'snapshot-taken': '{node} 在 {index} 处做了快照', 'snapshot-installed': '{node} 安装了 {index} 处的快照', 'phase-liveness': '一个法定人数恢复正常：{core}', 'phase-quiet': '客户端停止；所有成员必须达成一致', 'phase-ended': '结束', 'violated': '{invariant} 被破坏：{message}',
    },
    eventList: { heading: '事件', show: '显示', none: '还没有事件。', groups: { elections: '选举', faults: '故障', clients: '客户端', state: '快照与成员' } },
    counts: {
      heading: '计数', messagesSent: '发出的消息', messagesDelivered: '送达', messagesDropped: '丢失', messagesDuplicated: '重复', crashes: '崩溃', flushes: '刷盘', operationsOk: '已答复的操作', operationsUnknown: '结果未知', invariantEvaluations: '不变式检查',
    },
    violation: {
      heading: '被破坏的不变式', title: '{name} 不成立。', source: '{source}。时刻 {time}，在 {node} 处发现。', cluster: '整个集群', go: '转到该时刻', shorten: '寻找最短的运行', searching: '正在去掉一切不必要的东西', stop: '停止',
      shortest: '破坏它的最短运行，共尝试 {runs} 次', open: '打开最短的运行',
    },
    invariants: {
      ElectionSafety: '一个任期内最多选出一个领导者。', LogMatching: '两份日志若有索引和任期都相同的条目，则直到该条目都相同。', LeaderCompleteness: '已提交的条目存在于其后每个领导者的日志中。',
      StateMachineSafety: '任何两个成员不得在同一位置应用不同的命令。', Linearizability: '每个操作都必须像在其调用与答复之间的某一时刻生效。', Agreement: '任何两个正确的副本不得在同一序号提交不同的批次。',
      Progress: '一个法定人数恢复之后，新的写入必须按时成功。', Convergence: '恢复之后，法定人数的全部成员必须到达相同的状态。',
    },
  },
}
