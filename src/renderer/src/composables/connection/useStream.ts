import { onScopeDispose } from 'vue'
import type { Failure } from '../../../../core/base'
import type { ConsoleContract } from '../../../../contract/console'
import type { InputOf, PayloadOf, StreamName } from '../../../../contract/define'
import { useConsole } from './console'

/** Opens a stream for as long as the component or store lives. */
export function useStream<Name extends StreamName<ConsoleContract>>(
  name: Name,
  input: InputOf<ConsoleContract[Name]>,
  onItem: (payload: PayloadOf<ConsoleContract[Name]>, dropped: number) => void,
  onEnd?: (error: Failure | null) => void,
): void {
  onScopeDispose(useConsole().open(name, input, onItem, onEnd))
}
