// main.swift
// Measures scalars, images and histograms a second, written to an event file on disk, and a scalar's allocations.
//
//     swift run -c release bench-events-write DIRECTORY [WORKLOAD[=COUNT]…]
//     swift run -c release bench-events-write DIRECTORY --check

import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let names = Workload.allCases.map(\.rawValue).joined(separator: ", ")
guard let directory = arguments.first else {
  print("usage: bench-events-write DIRECTORY [--check | WORKLOAD[=COUNT]…]; workloads: \(names)")
  exit(64)
}
if arguments.dropFirst() == ["--check"] { try check() }
for text in arguments.count > 1 ? Array(arguments.dropFirst()) : Workload.allCases.map(\.rawValue) {
  let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
  guard let workload = Workload(rawValue: parts[0]), parts.count == 1 || Int(parts[1]) ?? 0 > 0 else {
    print("\(text) is no workload; there are \(names)")
    exit(64)
  }
  let result = try workload.run(in: directory, count: parts.count == 1 ? nil : Int(parts[1]))
  print("\(workload.rawValue) \(Int(result.perSecond)) \(result.unit)")
  if let allocations = result.allocations { print("  \(allocations) allocations for \(result.count)") }
}

/// Checks that a scalar allocates nothing, and takes no longer than ten records take a minimal loop; three on an idle machine.
/// A picture logged after scalars takes no longer than 1,500 records; 650 on an idle machine.
func check() throws -> Never {
  let (frames, scalars) = (
    try Workload.frames.run(in: directory, count: 300_000), try Workload.scalars.run(in: directory, count: 300_000)
  )
  let isFast = scalars.perSecond * 10 >= frames.perSecond
  // The flushing thread allocates now and then; a scalar does not.
  let isFrugal = scalars.allocations.map { $0 < 300 } ?? true
  let ratio = (frames.perSecond / scalars.perSecond * 10).rounded() / 10
  print("\(isFast ? "ok" : "FAILED"): a scalar takes as long as \(ratio) framed records, 10 at most")
  print("\(isFrugal ? "ok" : "FAILED"): \(scalars.allocations ?? 0) allocations for 300,000 scalars")
  let images = try Workload.images.run(in: directory, count: 5_000)
  let isImageFast = images.perSecond * 1_500 >= frames.perSecond
  let records = Int(frames.perSecond / images.perSecond)
  print("\(isImageFast ? "ok" : "FAILED"): an image takes as long as \(records) framed records, 1,500 at most")
  exit(isFast && isFrugal && isImageFast ? 0 : 1)
}
