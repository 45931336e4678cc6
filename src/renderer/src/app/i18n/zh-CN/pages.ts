import type en from '../en/pages'
import type { Translated } from '../catalogue'

export default {
  page: {
    range: '显示的时间范围', spans: { 5: '5 分钟', 15: '15 分钟', 60: '1 小时', 360: '6 小时', 1440: '24 小时' }, retry: '重试', cancel: '取消', loading: '正在加载…',
    nothingHeard: '尚未收到该集群的任何消息', nothingHeardHint: '只要有一个成员应答，成员就会显示在这里。',
    momentUnavailable: '无法显示这一时刻', noValue: '未测量', exportPng: '保存为图片：{what}', exportCsv: '保存为 CSV：{what}', saveFailed: '文件未能保存',
  },
  drawing: {
    roles: {
      leader: '领导者', follower: '跟随者', candidate: '候选者', learner: '学习者', observer: '观察者', witness: '见证者', primary: '主节点', standby: '备库',
      replica: '副本', down: '停机', paused: '已暂停', unknown: '未知',
    },
    nonVoter: '无投票权', halves: { outgoing: '仅在旧成员中投票', incoming: '仅在新成员中投票' }, stale: '已过时', faulted: '有故障生效',
    epochs: { 'raft-term': '任期 {value}', ballot: '投票编号 {value}', view: '视图 {value}', 'pg-timeline': '时间线 {value}', 'redis-epoch': '纪元 {value}', 'zab-epoch': '纪元 {value}', 'leader-epoch': '领导者纪元 {value}' },
    epochLetter: { 'raft-term': 'T', ballot: 'B', view: 'V', 'pg-timeline': 'TL', 'redis-epoch': 'E', 'zab-epoch': 'E', 'leader-epoch': 'E' },
    linkTitle: '{from} 到 {to}', linkState: { up: '通', down: '断', unknown: '未知' },
    kinds: {
      append: '追加', 'append-request': '追加', 'append-response': '追加应答', heartbeat: '心跳', 'heartbeat-request': '心跳', 'heartbeat-response': '心跳应答',
      'vote-request': '投票请求', 'vote-response': '投票', 'pre-vote-request': '预投票请求', 'pre-vote-response': '预投票', snapshot: '快照', 'timeout-now': '领导权转移', forward: '转发',
      'pre-prepare': '预准备', prepare: '准备', commit: '提交', checkpoint: '检查点', 'view-change': '视图变更', 'new-view': '新视图', request: '请求', status: '状态',
      promise: '承诺', accept: '接受请求', accepted: '已接受', chosen: '已选定', confirm: '确认请求', confirmed: '已确认', decided: '已决定', learn: '学习请求', refusal: '拒绝',
      'read-request': '读取', 'read-response': '读取应答', 'snapshot-offer': '快照提供', 'snapshot-request': '快照请求', 'snapshot-chunk': '快照分块', 'snapshot-response': '快照应答',
      batch: '批次', entries: '条目', evidence: '证据', stable: '稳定检查点', offer: '状态提供', fetch: '获取', 'fetch-batch': '批次请求', 'fetch-chunk': '状态请求', chunk: '状态分块',
    },
  },
  sandbox: {
    actions: {
      label: '对 {name} 的操作', kill: '强制终止', stop: '停止', start: '启动', restart: '重启', pause: '暂停', resume: '恢复', cutOne: '切断此方向', cutFromTo: '切断 {from} 到 {to}',
      cutBoth: '切断双向', restore: '恢复链路', lead: '将领导权移交给它…', promote: '使其成为投票成员…', remove: '将其移出成员…',
      behave: { honest: '令其恢复诚实', equivocate: '令其自相矛盾', forge: '令其伪造', silent: '令其沉默' }, slow: '延迟增加 200 ms', lossy: '丢弃 20 % 的消息',
    },
    failed: {
      kill: '{name} 未被终止', stop: '{name} 未能停止', start: '{name} 未能启动', restart: '{name} 未能重启', pause: '{name} 未能暂停', resume: '{name} 未能恢复',
      lie: '{name} 未作改变', addFault: '故障未能注入', removeFault: '故障未能撤销', healAll: '未能全部修复', startAll: '集群未能启动', stopAll: '集群未能停止',
    },
  },
  topology: {
    title: '拓扑', toolbar: '拓扑视图', view: '显示方式', drawing: '图形', tables: '表格', rtt: '往返时间', rates: '消息', zoomIn: '放大', zoomOut: '缩小', fit: '显示全部',
    drawingLabel: '成员及其之间的链路。方向键在成员之间移动，回车键打开详情。', loading: '正在等待首批应答', oneWay: '半线：一方可以发送的方向', follows: '点线：成员自称跟随谁；其链路没有测量',
    members: '成员', links: '各方向的链路', linksOf: '从 {name} 出发的链路', more: '其他', neverHeard: '自控制台启动以来从未收到其消息。', linkUnseen: '没有成员测量此方向。',
    drawer: { node: '{name} 的陈述', link: '{from} 与 {to}' },
    columns: { name: '成员', role: '角色', epoch: '纪元', state: '状态', domain: '故障域', endpoint: '端点', age: '上次收到', from: '从', to: '到', rtt: '往返时间', bytes: '流量', messages: '消息' },
    reachability: { ok: '有应答', refused: '拒绝连接', timeout: '应答超时', 'auth-failed': '凭据被拒绝', 'tunnel-down': '隧道中断', stopped: '进程已停止', ended: '进程未运行', unknown: '未知' },
    paths: { process: '经由进程询问', direct: '直接询问', ssh: '经由 SSH 询问', simulated: '模拟' },
    said: {
      heading: '{name} 自己的陈述', role: '角色', epoch: '纪元', leader: '领导者', members: '成员', first: '首条日志', applied: '已应用', committed: '提交索引', persisted: '已落盘', last: '末条日志',
      nobody: '无', rtt: '应答时间', version: '版本', storage: '存储',
    },
    keys: { tables: '切换图形与表格', rtt: '链路上的往返时间', rates: '链路上的消息', zoom: '用 + 与 - 缩放', fit: '显示全部', clear: '关闭详情' },
  },
  consensus: {
    kinds: { leading: '领导', following: '跟随', candidate: '参选', learning: '学习', unreachable: '无应答', unknown: '未知' },
    marks: { 'election-started': '{name} 请求领导（{epoch}）', 'leader-elected': '{name} 开始领导（{epoch}）', 'leader-lost': '{name} 不再领导（{epoch}）' },
    about: { leader: '谁是领导者：', fence: '当前纪元：', members: '成员有哪些：', 'leaders-in-one-reign': '同一纪元有两个领导者：' },
    timeline: {
      heading: '纪元时间线', label: '纪元时间线。左右键在变化之间移动，上下键在成员之间移动，回车键跳到该时刻。',
      elections: '此时段内没有选举 | 此时段内有 {n} 次选举 | 此时段内有 {n} 次选举', hint: '将指针移到泳道上查看，点击可跳到该时刻。', nothing: '{name}：未收到消息',
      reading: '{name}：{role}，{epoch}', unavailable: '无法读取此时段的记录',
    },
    matrix: {
      heading: '分歧矩阵', note: '每一行是一个成员自己的陈述', who: '陈述者', caption: '各成员的陈述。', noLeader: '无', agree: '有应答的成员陈述一致。', alone: '应答的成员不足两个，无从比较。', differing: '不一致之处：{where}。',
      view: '{members} 认为是 {value}', verdicts: { differs: '不一致', behind: '落后' },
      columns: { leader: '领导者', fence: '纪元', members: '成员', last: '末条', committed: '提交索引', applied: '已应用', age: '上次收到' },
    },
    positions: {
      heading: '日志位置', note: '日志 {lineage}', scope: '刻度', tail: '日志末端', whole: '整个日志', firstAvailable: '最早保留', applied: '已应用', committed: '已提交', persisted: '已落盘', last: '末条',
      uncommitted: '未提交', compacted: '已压缩', entries: '条', bytes: '字节', missing: '缺 {count}', level: '完整', silent: '没有说明', foreign: '属于另一份日志',
      none: '没有成员说明其日志位置',
    },
  },
  replication: {
    toolbar: '图表内容', unit: '计量方式', units: { entries: '条目', bytes: '字节', seconds: '秒' }, leader: '{name} 是领导者，其余成员跟随。', noLeader: '当前没有领导者。',
    by: '来源：{name}', stages: { sent: '以已发送计', written: '以已写入计', flushed: '以已落盘计', applied: '以已应用计' },
    standing: {
      leads: '当前是领导者；下方是此前落后的情况', level: '与领导者一致', behind: '落后，保持稳定', 'falling-behind': '差距拉大', fallingBehind: '差距每秒扩大 {rate} 条', catchingUp: '正在追赶，每秒 {rate} 条',
      catchingUpIn: '正在追赶，每秒 {rate} 条；{eta}后追平', 'catching-up': '正在追赶', silent: '已静默 {span}：落后多少未知', unknown: '没有成员说明落后多少',
    },
    basis: { 'leader-progress': '按领导者的记录', 'self-report-difference': '比较两个成员得出', 'server-computed': '由引擎得出' },
    chartLabel: '{name} 的复制延迟（{unit}）', noPoints: '此时段内没有测量数据。', none: '尚无已知的跟随者', noneHint: '复制延迟由领导者测量；选出领导者后即会显示。',
    choose: '显示图表的跟随者，最多 {count} 个：', historyUnavailable: '无法读取复制延迟的记录', hint: '图表显示每个区间的峰值。空缺表示没有测量。方向键读取数值，回车键跳到该时刻。',
  },
  alerts: {
    title: '告警', tabs: { firing: '触发中', pending: '待定', silenced: '已静默', history: '历史', rules: '规则' }, unavailable: '无法读取告警',
    empty: { firing: '没有触发中的告警', pending: '没有待定的告警', silenced: '没有已静默的告警', history: '最近 7 天没有已解除的告警' },
    emptyHint: { firing: '每收到一次成员应答都会检查各项条件。', pending: '条件持续足够久之前会停留在这里。', silenced: '已静默的告警在期满前会停留在这里。', history: '已解除的告警列在这里，最新的在前。' },
    severity: { info: '信息', warning: '警告', critical: '严重' }, phase: { pending: '待定', firing: '触发中', resolved: '已解除' },
    since: '始于 {when}', held: '{when}，持续 {span}', by: '依据 {names} 的陈述', console: '本控制台', cause: '可能原因', advice: '处理建议', acknowledge: '确认', acknowledged: '已确认', note: '备注',
    notePlaceholder: '给他人的备注（可选）', silence: '静默', silenceFor: '{span}', silenced: '已静默', unsilence: '结束静默', until: '至 {when}', openMoment: '打开该时刻',
    failed: { acknowledge: '告警未能确认', silence: '告警未能静默', unsilence: '静默未能结束', rule: '规则未能更改' },
    rules: '规则', entries: '条', rulesHint: '规则适用于所有集群，更改立即保存。',
    columns: { condition: '条件', enabled: '启用', limit: '阈值', pendingFor: '持续多久触发', resolveAfter: '消失多久解除', notify: '通知' },
    codes: {
      'node-failed': '节点故障', 'link-failed': '链路故障', 'high-latency': '高延迟', 'low-availability': '可用性低', 'no-leader': '没有领导者', 'members-disagree': '成员意见不一',
      'quorum-at-risk': '法定人数有风险', 'quorum-lost': '失去法定人数', 'replication-lag': '复制延迟', 'engine-alarm': '引擎告警', misbehaviour: '违反协议',
    },
    codeHints: {
      'node-failed': '有成员没有应答。', 'link-failed': '有成员收不到另一成员的消息。', 'high-latency': '应答或往返耗时过长。', 'low-availability': '应答的成员过少。',
      'no-leader': '没有多数认同同一个领导者。', 'members-disagree': '成员的陈述相互矛盾。', 'quorum-at-risk': '再失去一个就会停止写入。', 'quorum-lost': '写入已停止。',
      'replication-lag': '有跟随者落后过多。', 'engine-alarm': '引擎自身报告了问题。', misbehaviour: '有成员证明另一个成员说了谎。',
    },
  },
  events: {
    title: '事件', filters: '筛选', text: '文本', textPlaceholder: '按文本筛选', severity: '严重程度', kind: '类别', member: '成员', clear: '清除筛选', goTo: '跳到该时刻',
    pause: '暂停', resume: '继续', waiting: '{n} 个新事件 | {n} 个新事件', export: '导出', exportHint: '将筛选结果导出为', exported: '已保存 {rows} 个事件 | 已保存 {rows} 个事件', exportFailed: '事件未能导出',
    truncated: '事件过多，一个文件放不下；请缩小筛选范围再导出其余部分。', unavailable: '无法读取事件', none: '还没有发生任何事件', noneHint: '选举、故障、注入的故障与告警发生时会列在这里。',
    alerts: { 'alert-fired': '告警：{what}', 'alert-resolved': '已解除：{what}', 'alert-acknowledged': '已确认：{what}', 'alert-silenced': '已静默：{what}', 'alert-unsilenced': '静默结束：{what}' },
    noneMatch: '没有符合筛选条件的事件', keys: { filter: '按文本筛选', pause: '暂停或继续列表' },
    groups: { leadership: '领导权', members: '成员', links: '链路', quorum: '法定人数', alarms: '告警', faults: '注入故障', operations: '操作' },
    kinds: {
      'leader-elected': '选出领导者', 'leader-lost': '失去领导者', 'election-started': '选举', 'epoch-changed': '纪元', 'role-changed': '角色', 'node-down': '节点停机', 'node-up': '节点应答', 'node-ended': '进程结束',
      'member-added': '成员加入', 'member-removed': '成员移除', 'link-down': '链路断开', 'link-up': '链路接通', 'quorum-lost': '失去法定人数', 'quorum-regained': '恢复法定人数', 'alarm-raised': '引擎告警',
      'alarm-cleared': '引擎告警解除', 'version-changed': '版本', disagreement: '意见不一', agreement: '意见一致', misbehaviour: '说谎', 'operation-members-changed': '成员变更', 'operation-options-changed': '选项变更', 'alert-fired': '告警', 'alert-resolved': '告警解除', 'alert-acknowledged': '告警已确认', 'alert-silenced': '告警已静默', 'alert-unsilenced': '静默结束', 'fault-injected': '注入故障', 'fault-removed': '撤销故障', 'fault-healed': '全部修复',
      'operation-cluster-created': '创建', 'operation-cluster-attached': '接入', 'operation-cluster-started': '启动', 'operation-cluster-stopped': '停止', 'operation-load-started': '负载开始', 'operation-load-stopped': '负载停止',
      'console-started': '控制台启动', 'console-stopped': '控制台停止', 'console-gap': '控制台离线',
    },
  },
  lab: {
    notSandbox: '实验室只用于本地集群', notSandboxHint: '绝不会向接入的集群注入故障。启动一个本地集群，即可放心破坏。', unavailable: '无法连接本地集群',
    past: '正在显示过去的时刻。故障只作用于当前。', toLive: '回到实时', startFirst: '请先启动集群。', drawing: '图形', tool: '工具',
    tools: { aim: '选择', cutOne: '单向切断', cutBoth: '切断', partition: '分区' },
    toolHints: { aim: '点击一条链路，在右侧设置。', cutOne: '点击要静默的那一半链路。', cutBoth: '点击链路以切断双向通信。', partition: '画一条线：两侧的成员将互相听不到。' },
    phases: { stopped: '已停止', starting: '启动中', running: '运行中', stopping: '停止中' },
    states: { starting: '启动中', running: '运行中', paused: '已暂停', stopped: '已停止', killed: '已强制终止', failed: '已失败' },
    nodes: { lies: '说谎', heading: '进程', caption: '集群的进程', node: '节点', state: '状态', pid: '进程号', port: '端口', restarts: '重启次数', actions: '操作' },
    life: {
      label: '集群', start: '启动集群', stop: '停止集群', delete: '删除…', deleteConfirm: '删除', deleteTitle: '删除 {name}', deleteText: '将停止其进程，并永久删除其数据与历史记录。', deleted: '{name} 已删除',
    },
    faults: {
      heading: '生效中的故障', none: '无。集群正常运行，未受干扰。', past: '仅列出当前的故障。当时生效的故障请查看事件。', healAll: '全部修复', undo: '撤销', undoOf: '撤销：{what}', partition: '分区：{groups}', paused: '{node} 已暂停', killed: '{node} 已被强制终止', stopped: '{node} 已停止',
      lying: { equivocate: '{node} 自相矛盾', forge: '{node} 伪造', silent: '{node} 沉默' },
      linkOne: '{from} 到 {to}', linkBoth: '{from} 与 {to} 之间', cut: '切断', latency: '延迟增加 {ms} ms', latencyJitter: '延迟增加 {ms} ± {jitter} ms', loss: '丢失 {percent} %', bandwidth: '最多 {kilobytes} kB/s',
    },
    link: {
      heading: '链路故障', from: '从', to: '到', bothWays: '双向', latency: '延迟', jitter: '抖动', loss: '丢包', bandwidth: '带宽', unlimited: '不限', apply: '应用', cut: '切断', same: '请选择两个不同的成员。',
    },
    lies: {
      heading: '说谎者', note: '每个成员如何对待其他成员', of: '{name} 的行为',
      behaviours: { honest: '诚实', equivocate: '自相矛盾', forge: '伪造', silent: '沉默' },
      hints: {
        honest: '遵守协议。', equivocate: '对不同成员说不同的话，每句都正确签名。', forge: '冒用他人名义，篡改他人所言；给客户端错误的应答。',
        silent: '听到一切，什么也不说。',
      },
      tolerated: '全部诚实。{voters} 个中允许 {f} 个说谎。 | {liars} 个说谎；{voters} 个中允许 {f} 个。 | {liars} 个说谎；{voters} 个中允许 {f} 个。', tooMany: '{voters} 个中有 {liars} 个说谎，超过了可容忍的 {f} 个：不再有任何保证。',
    },
    members: {
      add: '添加节点…', transfer: '移交领导权…', recover: '在失去多数时恢复…', promote: '使其成为投票成员…', replace: '替换…', remove: '移除…', lead: '将领导权移交给它…', menu: '{name} 的成员操作',
      titles: { add: '向 {cluster} 添加节点', remove: '将 {name} 移出 {cluster}', promote: '使 {name} 成为投票成员', replace: '替换 {cluster} 中的 {name}', transfer: '将领导权移交给 {name}', transferAny: '移交领导权', recover: '在失去多数时恢复 {cluster}' },
      texts: {
        add: '将启动一个新进程，并加入成员。',
        remove: '先由成员达成一致，然后结束其进程并删除其目录。如果它正在领导，将选出另一个领导者。',
        replace: '将启动一个新进程，作为学习者追赶进度；然后由成员一步将它换到此成员的位置。旧进程结束，其目录会被删除。旧成员可以已经停机。',
        promote: '从此它开始投票，无论是否已追上进度。写入可能需要等待它。',
        transfer: '当前领导者会让它追上进度，并让它立即参选。写入会短暂停顿。',
        transferAny: '当前领导者将移交给日志最新的投票成员。写入会短暂停顿。',
        recover: '仅用于永远不会回来的多数。持有最多数据的节点将凭自己的说法成为唯一的投票成员。只有其他成员持有的写入会丢失，包括已确认的写入。没有应答的成员将被永久移出，其目录会被删除；有应答的成员向它学习后重新投票。见证者不保存数据，也会被移出。此操作会记录在事件中。',
      },
      confirms: { add: '添加节点', remove: '移除', promote: '成为投票成员', replace: '替换', transfer: '移交', recover: '恢复，并接受丢失' },
      tolerates: '可容忍的失效', now: '现在', after: '之后', voters: '{n} 个投票成员', losing: '还可失去 {n} 个', answering: '{n} 个应答',
      small: '此后，失去一个投票成员就会停止写入。', unanswered: '有投票成员没有应答：{names}。如有可能请先恢复它。',
      joinsAs: '加入身份', kinds: { voter: '投票成员', learner: '学习者', witness: '见证者' },
      joins: {
        voter: '它先作为学习者加入：接收日志但不投票，追上进度后自动成为投票成员。',
        learner: '它接收日志，在被设为投票成员之前不投票。',
        witness: '它投票并确认，但不保存数据，也从不领导。见证者最多占投票成员的一半。它不能变为保存数据的成员。',
      },
      done: { addWitness: '{name} 作为见证者加入', add: '{name} 作为学习者加入', remove: '{name} 已移除', promote: '{name} 已成为投票成员', replace: '{name} 已加入并开始追赶', transfer: '领导权已移交', recover: '{name} 独自继续' },
      replacement: {
        joining: '新节点正在加入，以接替 {old}。', 'catching-up': '{name} 正在追赶进度，以接替 {old}。', changing: '成员正在以 {name} 接替 {old}。',
        done: '{name} 已接替 {old}', failed: '{name} 没有接替 {old}',
      },
      failed: { add: '没有添加节点', remove: '{name} 未被移除', promote: '{name} 未成为投票成员', replace: '{name} 未被替换', transfer: '领导权未移交', recover: '集群未恢复' },
    },
    partition: {
      heading: '分区', hint: '将成员拖入各组，或用左右方向键移动。各组之间互相听不到。', group: '第 {group} 组', member: '{name}，位于第 {group} 组。左右键可移动。',
      whole: '所有成员可以互相听到。', nobody: '没有一组达到法定人数：写入将停止。', deciding: '第 {group} 组达到法定人数，可以继续工作。', apply: '分区', reset: '全部合并',
    },
    load: {
      heading: '负载生成器', note: '一个读写数据的客户端进程', clients: '客户端数', rate: '每秒操作数', unlimited: '得到应答即发送下一个', valueBytes: '值的大小', readShare: '读操作占比',
      start: '开始', adjust: '应用', stop: '停止', stopLoad: '停止负载', completed: '已完成', errors: '错误', unknown: '结果未知', throughput: '吞吐量', totalCompleted: '已完成', totalErrors: '错误', totalUnknown: '结果未知', totalOutvoted: '被否决的谎言', outvotedHint: '与足够多的其他成员相矛盾的应答。它们没有被采纳。',
      unknownHint: '已发送但始终没有应答：可能已生效，也可能没有。', none: '尚无负载', noneHint: '开始后，吞吐量与延迟会显示在这里。',
      charts: { throughput: '每秒完成的操作', latency: '延迟', trouble: '每秒错误与结果未知' },
      failed: { start: '负载未能开始', adjust: '负载未能更改', stop: '负载未能停止' },
    },
  },
} satisfies Translated<typeof en>
