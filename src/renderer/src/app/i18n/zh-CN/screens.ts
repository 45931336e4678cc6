import type en from '../en/screens'
import type { Translated } from '../catalogue'

export default {
  overview: {
    title: '总览', filter: '筛选集群', clear: '清除筛选', nothingFits: '没有符合筛选条件的集群。', table: '全部集群', unavailable: '该时刻没有记录',
    columns: { cluster: '集群', state: '状态', leader: '领导者', epoch: '纪元', margin: '还可失去', lag: '最大延迟', alerts: '告警', age: '更新' },
    noLeader: '无', epochTrend: '最近 {span}的纪元：变化 {changes} 次',
    lagEntries: '{n} 条', lagTrend: '最近 {span}的延迟', worstOn: '{name}', grows: '增大', shrinks: '缩小', steady: '平稳', lagNone: '没有跟随者落后',
    lost: '已失去', marginOf: '共 {voters} 个', answering: '{voters} 个中有 {answering} 个应答', open: '打开 {name}', critical: '关键', loading: '正在等待控制台', loadingCluster: '正在等待其成员',
    summary: { quorate: '{n} 个达到法定人数', 'at-risk': '{n} 个有风险', 'no-quorum': '{n} 个未达法定人数', other: '{n} 个其他', all: '全部 {n} 个' },
    show: '显示', none: '无', since: '已持续 {span}', silent: '静默 {span}',
  },
  welcome: {
    title: '集群是否达到法定人数，离边缘还有多远',
    text: 'Quorate 逐一询问每个成员，记录各自的说法，并由此得出领导者、纪元、法定人数余量和复制延迟。',
    local: {
      title: '启动本地集群', text: '在这台计算机上运行真实的进程：各有独立的数据目录、回环地址上的套接字和落盘的日志。可以放心地终止、暂停和分区。',
      nodes: '投票成员', name: '名称', defaultName: '本地集群', start: '启动本地 {n} 节点集群', tolerates: '可容忍 {n} 个失效', starting: '正在启动进程',
      protocol: '协议',
      protocols: {
        raft: '按任期选出的领导者为所有写入排序。成员可能崩溃。', paxos: '领导者持有多数成员承诺过的投票编号。成员可能崩溃。',
        pbft: '副本对每一批写入投票，并为自己所言签名。成员甚至可能说谎。',
      },
      lies: { 1: '一个副本：失去它就会停止写入，且必须信任它。', 4: '四个副本：允许一个失效或说谎。', 7: '七个副本：允许两个失效或说谎。' },
      tolerance: { 1: '一个投票成员：失去它就会停止写入。', 3: '三个投票成员：允许一个失效。', 5: '五个投票成员：允许两个失效。', 7: '七个投票成员：允许三个失效。' },
    },
    attach: { title: '接入集群', text: '通过端点接入正在运行的 etcd 集群：明文、TLS 与客户端证书，或用户名与密码。不安装也不更改任何东西。', action: '接入集群' },
    failed: '本地集群未能启动', started: '{name} 正在启动',
    nameMissing: '名称应为 1 到 60 个字符。',
  },
  attach: {
    title: '接入集群', editTitle: '{name} 的凭据', intro: '每个成员都在其自己的端点上被询问。其余成员通过首个应答的成员找到。',
    name: '名称', namePlaceholder: 'orders-etcd', endpoints: '端点', endpointsHint: 'host:port，每行一个或以逗号分隔', engine: '引擎',
    security: '传输', plain: '明文', tls: 'TLS',
    ca: '证书颁发机构', caHint: 'PEM。留空则使用本系统信任的颁发机构。', certificate: '客户端证书', key: '客户端私钥', pemHint: 'PEM',
    serverName: '服务器名称', serverNameHint: '当证书上的主机名不同时填写', choose: '选择文件', chosen: '已读取 {name}。',
    auth: '用户名与密码', user: '用户名', password: '密码', secrets: { system: '密钥保存在本系统的密钥存储中。', 'memory-only': '本系统没有密钥存储：密钥仅保存在内存中，重启后需要重新输入。' },
    test: '测试连接', testing: '正在测试', attach: '接入', attaching: '正在接入', cancel: '取消', save: '保存凭据',
    report: {
      title: '测试结果', ok: '{engine} 已应答。找到成员：{n} 个。', failed: '没有端点应答。', members: '找到的成员', step: '步骤', endpoint: '端点', result: '结果', passed: '通过', failedStep: '失败', cluster: '集群 {id}',
      idle: '测试会逐步询问每个端点，不做任何更改。',
    },
    steps: { dns: '域名解析', tcp: '连接', tls: 'TLS', auth: '身份验证', status: '状态', members: '成员' },
    errors: {
      name: '名称应为 1 到 60 个字符。', endpoints: '至少需要一个端点。', endpoint: '“{text}”不是 host:port。', scheme: '“{text}”：请去掉协议前缀，并在下方选择 TLS。', many: '最多 64 个端点。',
      pair: '证书和私钥必须同时提供，或都不提供。', pem: '这不是 PEM 文本：缺少“-----BEGIN”行。', user: '需要用户名。', file: '文件未能读取',
    },
    failed: '集群未能接入', attached: '{name} 已接入', saved: '{name} 的凭据已保存',
  },
  settings: {
    title: '设置', appearance: '外观', theme: '主题', themes: { system: '跟随系统', light: '浅色', dark: '深色' }, language: '语言', languages: { system: '跟随系统', en: 'English', 'zh-CN': '简体中文' },
    recording: '记录', retention: '历史保留', retentionHint: '更早的样本、事件和变更会被删除。', days: '天',
    poll: '询问成员的间隔', pollHint: '每个成员按此间隔在其自己的端点上被询问。',
    behaviour: '行为', notifications: '桌面通知', notificationsHint: '当告警开始触发时。', resume: '重新启动本地集群', resumeHint: '关闭 Quorate 时正在运行的集群会随之启动。',
    about: '关于', version: '版本', data: '数据目录', history: '历史', secretStore: '密钥', secretStores: { system: '本系统的密钥存储', 'memory-only': '仅保存在内存中' }, transport: '窗口', transports: { desktop: '桌面', loopback: '浏览器（回环地址）' },
    running: '已运行', noHistory: '未在记录', keys: '显示全部快捷键', gallery: '组件陈列', licence: 'MIT 许可证', saveFailed: '设置未能保存',
  },
  gallery: { title: '组件陈列' },
} satisfies Translated<typeof en>
