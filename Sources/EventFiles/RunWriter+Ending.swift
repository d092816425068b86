// RunWriter+Ending.swift
// What a run's writer does when nobody calls it: in time, and when the process ends.

import ByteStreams
import Parallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension RunWriter {
  /// Flushes because it is time; a failure is told to the next call.
  func flushInTime() {
    state.withLock { state in
      state?.isFlushDue = false
      do {
        try state?.file.flush()
      } catch {
        state?.untold = error
      }
    }
  }

  /// Closes because the process ends; a failure is told on the error stream, since no call will come.
  /// - Parameter thenHold: keeps other threads from ever writing again.
  func closeAtEnd(thenHold: Bool) {
    state.acquire()
    state.unprotected { state in
      guard var open = state.take() else { return }
      do {
        try open.close()
      } catch {
        tell("\(error)\n")
      }
    }
    if !thenHold { state.release() }
  }
}

private func tell(_ line: String) {
  var line = line
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
