// main.swift
// Scalars, images and histograms a second into an event file on disk, and what a scalar allocates.
//
//     swift run -c release bench-events-write DIRECTORY [WORKLOAD…]

import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let directory = arguments.first else {
  print("usage: bench-events-write DIRECTORY [\(Workload.allCases.map(\.rawValue).joined(separator: "|"))…]")
  exit(64)
}
let wanted = arguments.dropFirst()
for workload in Workload.allCases where wanted.isEmpty || wanted.contains(workload.rawValue) {
  let result = try workload.run(in: directory)
  print("\(workload.rawValue) \(Int(result.perSecond)) \(result.unit)")
  if let allocations = result.allocations { print("  \(allocations) allocations for \(result.count)") }
}
