/** The few words the desktop itself says, outside of pages: menu, notices. In the system's language. */
const EN = {
  file: 'File', edit: 'Edit', view: 'View', window: 'Window', quit: 'Quit Quorate', close: 'Close Window',
  undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select All',
  zoomIn: 'Zoom In', zoomOut: 'Zoom Out', zoomReset: 'Actual Size', fullScreen: 'Full Screen', minimize: 'Minimize',
  developerTools: 'Developer Tools', reload: 'Reload',
  pageCrashed: 'The window stopped working and was loaded again. Nothing that was recorded is lost.',
  pageGone: 'The window stops working again and again.',
  consoleGone: 'The service behind the window does not run.',
  consoleGoneDetail: 'The file desktop.log in the data folder says more. Recorded history is kept.',
  startAgain: 'Start again',
} as const
type Words = { readonly [Key in keyof typeof EN]: string }

const ZH: Words = {
  file: '文件', edit: '编辑', view: '视图', window: '窗口', quit: '退出 Quorate', close: '关闭窗口',
  undo: '撤销', redo: '重做', cut: '剪切', copy: '复制', paste: '粘贴', selectAll: '全选',
  zoomIn: '放大', zoomOut: '缩小', zoomReset: '实际大小', fullScreen: '全屏', minimize: '最小化',
  developerTools: '开发者工具', reload: '重新加载',
  pageCrashed: '窗口停止工作，已重新加载。已记录的数据没有丢失。',
  pageGone: '窗口反复停止工作。',
  consoleGone: '窗口背后的服务没有运行。',
  consoleGoneDetail: '数据文件夹中的 desktop.log 有更多信息。已记录的历史不受影响。',
  startAgain: '重新启动',
}

export const wordsFor = (locale: string): Words => (locale.toLowerCase().startsWith('zh') ? ZH : EN)
export type { Words }
