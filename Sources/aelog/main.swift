// main.swift
// The process, and nothing else.

import AelogCommands

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

StandardDescriptors.fillGaps()
StopSignals.ignoreWriteSignals()
exit(Aelog.run(on: .standard(commandLine: CommandLine.arguments)))
