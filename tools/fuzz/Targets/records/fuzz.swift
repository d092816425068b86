// fuzz.swift
// libFuzzer's entry: its bytes go to the exercise `records`.

import Exercises
import Foundation

private let directory: String = {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("aelog-fuzz-\(UUID().uuidString)").path
  try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}()

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try Exercise.records.run(on: Array(UnsafeBufferPointer(start: start, count: count)), in: directory)
  } catch {
    preconditionFailure("\(error)")
  }
  return 0
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The process's main function, under the name that SwiftPM gives to it.
@_cdecl("fuzz_records_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments) { fuzz($0, $1) }
}
