// main.swift
// Logs until a signal, a fork or a full disk, for the tests of RunWriter.
//
//     logging-process BEHAVIOR RUN

import ByteStreams
import EventFiles
import Foundation

let path = CommandLine.arguments[2]

func log(_ steps: Range<Int>, to run: RunWriter) throws {
  for step in steps { try run.scalar("loss", Float(step), step: Step(step)) }
}

/// Prints a line without buffering.
func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8)) }

/// Acts like a full disk: limits the size of this process's files.
func limitFiles(_ bytes: rlim_t) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  limit.rlim_cur = min(bytes, limit.rlim_max)
  setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}

/// Forks as C code in the program would; Swift itself offers no fork.
func forkProcess() -> Int32 {
  typealias Fork = @convention(c) () -> Int32
  return unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork"), to: Fork.self)()
}

let run = try RunWriter(path, flushInterval: CommandLine.arguments[1] == "timed" ? 0.3 : 1000)

switch CommandLine.arguments[1] {
case "sleep", "timed":
  // The value waits in the buffer, until the signal or the exit writes it.
  try log(0..<3, to: run)
  say("ready")
  while true { sleep(1000) }
case "forever":
  // Logs without pause.
  var step = 0
  while true {
    try log(step..<step + 1000, to: run)
    step += 1000
    if step == 100_000 { say("ready") }
  }
case "return":
  // Does not close the writer.
  try log(0..<3, to: run)
case "exit":
  try log(0..<3, to: run)
  exit(3)
case "handler":
  signal(SIGTERM) { _ in }
  try log(0..<3, to: run)
  kill(getpid(), SIGTERM)
  try log(3..<5, to: run)
  try run.close()
case "fork":
  try log(0..<3, to: run)
  if forkProcess() == 0 {
    do { try log(3..<4, to: run) } catch { say("child: \(error)") }
    do { try run.flush() } catch { say("child: \(error)") }
    try run.close()
    let own = try RunWriter(path + "/child", flushInterval: 0.1)
    try log(0..<2, to: own)
    usleep(500_000)
    exit(try eventCount(path + "/child"))
  }
  var status: Int32 = 0
  wait(&status)
  say("events of the child in time: \(status >> 8)")
  try log(3..<5, to: run)
  try run.close()
case "fork-while-writing":
  // Uses each type once: Swift's runtime takes locks at the first use, which are not the subject here.
  try AtomicFile.replace("\(path)/first", bytes: [0], isDurable: false)
  for thread in 0..<3 {
    Thread.detachNewThread { while true { _ = try? AtomicFile.write("\(path)/\(thread)") { try $0.write([1]) } } }
  }
  var written = 0
  for child in 0..<200 {
    if forkProcess() == 0 {
      // Ends a child that waits for a lock that nobody will release.
      alarm(20)
      do { try AtomicFile.replace("\(path)/child-\(child)", bytes: [2], isDurable: false) } catch { _exit(1) }
      _exit(0)
    }
    var status: Int32 = 0
    wait(&status)
    written += status == 0 ? 1 : 0
    if status != 0 { break }
  }
  say("files of children: \(written)")
case "change":
  // When the signal arrives, one file is complete but not in its place, and others are being replaced together.
  let unfinished = try AtomicFile.write("\(path)/unfinished") { try $0.write([1]) }
  try TemporaryFileRegistry.shared.delayingRemoval {
    say("ready")
    usleep(500_000)
    try AtomicFile.replace("\(path)/changed", bytes: [1])
  }
  sleep(1000)
  try unfinished.commit()
case "full":
  limitFiles(200_000)
  var (step, told) = (0, [String]())
  for _ in 0..<3 {
    do {
      while step < 10_000 {
        step += 1
        try run.scalar("loss", Float(step), step: Step(step))
      }
      try run.flush()
    } catch {
      told.append("step \(step): \(error)")
    }
  }
  limitFiles(.max)
  // With room again, the tag's metadata are in the file or are written again.
  try log(20_000..<20_002, to: run)
  try run.close()
  for line in told { say(line) }
case "full-in-time":
  let timed = try RunWriter(path + "/timed", flushInterval: 0.1)
  limitFiles(400)
  try log(0..<10, to: timed)
  usleep(500_000)
  limitFiles(.max)
  for step in 10..<12 {
    do { try log(step..<step + 1, to: timed) } catch { say("step \(step): \(error)") }
  }
  try timed.close()
case "full-at-exit":
  limitFiles(400)
  try log(0..<100, to: run)
default:
  exit(64)
}

func eventCount(_ directory: String) throws -> Int32 {
  let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.contains("tfevents") }
  return try names.reduce(0) { count, name in
    var reader = try EventFileReader(path: directory + "/" + name)
    return count + Int32(try reader.rest().count)
  }
}
