// fuzz.swift
// The fuzzer's entry point: `fuzz EXERCISE [OPTION...]` runs a fuzz target on the bytes that libFuzzer generates.

import Exercises
import Foundation

private let exercise: Exercise = {
  let name = CommandLine.arguments.dropFirst().first ?? ""
  guard let exercise = Exercise(rawValue: name) else {
    FileHandle.standardError.write(
      Data("error: got '\(name)', want \(Exercise.allCases.map(\.rawValue).joined(separator: ", "))\n".utf8))
    exit(64)
  }
  return exercise
}()

private let directory: String = {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("aelog-fuzz-\(UUID().uuidString)").path
  try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}()

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try exercise.run(on: Array(UnsafeBufferPointer(start: start, count: count)), in: directory)
  } catch {
    preconditionFailure("\(error)")
  }
  return 0
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs libFuzzer's loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The process's main function, under the name that SwiftPM gives to it. libFuzzer takes the target's name as the program's.
@_cdecl("fuzz_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  _ = exercise
  var (count, arguments) = (count - 1, arguments + 1)
  return runDriver(&count, &arguments) { fuzz($0, $1) }
}
