// main.swift
// The process, and nothing else.

import AelogCommands
import EventFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

StandardDescriptors.fillGaps()
StopSignals.ignoreWriteSignals()
ProcessEnd.attend()
FileSystemWarnings.attend()
exit(Aelog.run(on: .standard(commandLine: CommandLine.arguments)))
