// main.swift
// Scalars, images and histograms a second into an event file on disk, and what a scalar allocates.
//
//     swift run -c release bench-events-write DIRECTORY [WORKLOAD…]

import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let directory = arguments.first else {
  print("usage: bench-events-write DIRECTORY [WORKLOAD[=COUNT]…]; workloads: \(Workload.names.joined(separator: ", "))")
  exit(64)
}
let wanted = arguments.dropFirst().isEmpty ? Workload.names : Array(arguments.dropFirst())
for text in wanted {
  let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
  guard let workload = Workload(rawValue: parts[0]), parts.count == 1 || Int(parts[1]) ?? 0 > 0 else {
    print("\(text) is no workload; there are \(Workload.names.joined(separator: ", "))")
    exit(64)
  }
  let result = try workload.run(in: directory, count: parts.count == 1 ? nil : Int(parts[1]))
  print("\(workload.rawValue) \(Int(result.perSecond)) \(result.unit)")
  if let allocations = result.allocations { print("  \(allocations) allocations for \(result.count)") }
}
