import type en from '../en/failures'
import type { Translated } from '../catalogue'

export default {
  'invalid-input': { text: '输入的内容不符合要求。', hint: '请检查所填的值后重试。' },
  cancelled: { text: '操作已取消，或超出了允许的时间。', hint: '如有需要，请重试。' },
  internal: { text: '控制台内部出错。', hint: '请重试；若仍然出错，请查看数据目录中的日志。' },
  'not-found': { text: '所指的对象不存在，或已被移除。', hint: '请返回当前列表重新选择。' },
  disconnected: { text: '与控制台服务的连接已断开。', hint: '连接恢复后请先查看结果再重试：尚不清楚操作是否已生效。' },
  'too-large': { text: '内容过大，或同时进行的请求过多。', hint: '请缩小内容，或稍后重试。' },

  'name-taken': { text: '已有同名的集群。', hint: '请换一个名称。' },
  'name-mismatch': { text: '输入的名称与集群名称不一致。', hint: '请完整输入集群的名称。' },
  'too-many': { text: '数量已达上限。', hint: '请先移除不再需要的项。' },

  unreachable: { text: '无法连接到该端点。', hint: '请检查地址、端口、防火墙，以及成员是否在运行。' },
  'tls-failed': { text: '未能建立 TLS 连接。', hint: '请确认该端口使用 TLS，并检查双方支持的版本。' },
  'certificate-rejected': { text: '证书未被接受。', hint: '请检查 CA、证书的有效期，以及证书中的主机名。' },
  'auth-failed': { text: '凭据被拒绝。', hint: '请检查用户名、密码和该用户的权限。' },
  'not-etcd': { text: '应答的不是 etcd v3 服务。', hint: '请填写客户端端口（通常是 2379），而不是成员间通信的端口。' },
  'bad-certificate': { text: '所给的证书或密钥无法使用。', hint: '请提供相互匹配、未加密且仍在有效期内的 PEM 文件。' },
  'different-clusters': { text: '这些端点属于不同的集群。', hint: '请将每个集群分别接入。' },
  'already-attached': { text: '这个集群已经接入。', hint: '请在左侧列表中打开它。' },

  unavailable: { text: '无法读取历史记录。', hint: '窗口顶部的提示会说明原因。' },

  'not-a-sandbox': { text: '这不是本地集群。', hint: '此操作只能用于本地集群。' },
  'not-running': { text: '集群或负载没有在运行。', hint: '请先启动它。' },
  'start-failed': { text: '进程未能启动。', hint: '请检查系统的内存、进程数和文件夹权限后重试。' },
  'port-in-use': { text: '所需的端口已被占用。', hint: '请结束占用端口的程序，或释放端口后重试。' },
  'no-space': { text: '磁盘空间已用尽。', hint: '请释放一些空间后重试。' },
  'wrong-folder': { text: '数据目录不属于这个节点。', hint: '请放回原来的目录，或删除该集群后重新创建。' },
  'wrong-state': { text: '当前状态下无法执行此操作。', hint: '状态可能刚刚改变；请查看当前状态后重试。' },
  unsupported: { text: '此系统不支持这项操作。', hint: '可以改为切断该节点的链路。' },
  'protocol-unsupported': { text: '该集群的协议不支持此操作。', hint: '可以创建使用其他协议的集群。' },
  'group-refused': { text: '集群的成员拒绝了这项操作。', hint: '可能有另一项变更正在进行；请查看成员后重试。' },
  'no-such-member': { text: '它不是该集群的成员。', hint: '请查看当前有哪些成员。' },
  'not-caught-up': { text: '新节点没有及时追上进度，仍是学习者。', hint: '待它追上后，将其设为投票成员并移除旧成员；或移除新节点后重新开始。' },
  'unknown-outcome': { text: '操作已经开始，结果未知。', hint: '请先查看各成员的陈述，再决定是否重试。' },
  'no-leader': { text: '该集群目前没有成员领导。', hint: '请等待选举完成，或恢复缺失的成员。' },
  'still-quorate': { text: '该集群仍有多数成员应答。', hint: '请用普通方式变更其成员。' },

  'nothing-to-do': { text: '已经是这样了。', hint: '请选择其他值。' },
  'change-in-flight': { text: '同样的更改正在进行。', hint: '请等待其结束，或将其取消。' },
  'needs-stop': { text: '这一项必须在没有成员运行时为全体一起更改。', hint: '请停止集群，更改后再启动。' },
  'would-lose-quorum': { text: '集群目前不能暂时失去任何成员。', hint: '请恢复没有应答的成员；不能容忍失效的集群需要停止、更改，再启动。' },

  'disk-failed': { text: '写入磁盘时出错，节点已自行停止。', hint: '请检查磁盘，再启动该节点。' },
  'log-corrupt': { text: '节点的日志已损坏，无法启动。', hint: '请删除该集群后重新创建，或从备份恢复其数据目录。' },
  'invariant-broken': { text: '节点发现自身状态不一致，已自行停止。', hint: '请保留其数据目录和日志，以便查明缺陷。' },
  'bad-start': { text: '节点收到的启动参数无法使用。', hint: '请检查其监听地址和端口。' },

  refused: { text: '系统没有打开这个链接。', hint: '只会打开 https 链接；请设置默认浏览器后重试。' },
  'write-failed': { text: '文件未能写入。', hint: '请换一个文件夹，或释放一些空间。' },
  'read-failed': { text: '文件未能读取。', hint: '请确认有权读取该文件。' },

  other: { text: '操作未能完成。', hint: '请稍后重试。' },
} satisfies Translated<typeof en>
