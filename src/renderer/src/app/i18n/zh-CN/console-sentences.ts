import type { ConsoleSentenceKey } from '../../../../../contract/console-sentences'

/** What the console service itself says in events and notices. The English is in the contract. */
export default {
  'event.console-started': 'Quorate {version} 已启动。',
  'event.console-stopped': 'Quorate 已停止。',
  'event.console-gap': '有 {forMs} 没有任何观测：控制台或所在机器处于休眠状态。',

  'event.cluster-created': '已创建 {cluster}，共 {nodes} 个节点。',
  'event.cluster-started': '{cluster} 已启动。',
  'event.cluster-stopped': '{cluster} 已停止。',
  'event.cluster-attached': '已接入 {cluster}。',
  'event.load-started': '已开始施加负载：{clients} 个客户端。',
  'event.load-stopped': '负载已停止。',

  'event.node-kill': '{name} 被强制终止（SIGKILL）。',
  'event.node-stop': '{name} 已停止。',
  'event.node-start': '{name} 已启动。',
  'event.node-restart': '{name} 已重启。',
  'event.node-pause': '{name} 已暂停（SIGSTOP）。',
  'event.node-resume': '{name} 已恢复运行。',
  'event.node-ended': '{name} 意外结束：{reason}',
  'event.fault-cut': '从 {from} 到 {to} 的链路被切断。',
  'event.fault-cut-both': '{from} 与 {to} 之间的链路被切断。',
  'event.fault-link': '从 {from} 到 {to} 的链路质量被降低。',
  'event.fault-link-both': '{from} 与 {to} 之间的链路质量被降低。',
  'event.fault-partition': '集群被分区：{groups}。',
  'event.fault-removed': '已撤销一个故障。',
  'event.fault-healed': '已撤销所有故障。',

  'notice.secrets-in-memory': '本系统没有可保存密钥的存储。密码和密钥只保存在内存中，重启后需要重新输入。',
  'notice.clusters-set-aside': '集群列表无法读取，已另存为 {file}，并新建了一份。',
  'notice.settings-set-aside': '设置无法读取，已另存为 {file}，现采用默认值。',
  'notice.alert-rules-set-aside': '告警规则无法读取，已另存为 {file}，现采用默认规则。',
  'notice.engines-set-aside': '已接入集群的列表无法读取，已另存为 {file}。请重新接入。',
  'notice.sandbox-unreadable': '位于 {directory} 的本地集群无法读取，未作改动：{reason}',
  'notice.sandbox-not-started': '无法启动 {cluster}：{reason}',
} satisfies Record<ConsoleSentenceKey, string>
