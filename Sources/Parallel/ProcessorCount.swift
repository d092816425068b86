// ProcessorCount.swift
// The number of processors that this process may use; the only such count in the program.

internal import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The number of threads that can run at once: the processors of the process's affinity, or fewer if its control group has a
/// smaller quota. Read once.
package let processorCount = max(1, min(Int(ck_processors()), ProcessorQuota.ofThisProcess ?? .max))

/// The limit on processor time that Linux control groups set, for example for containers and systemd units.
enum ProcessorQuota {
  /// The quota of this process in whole processors; nil if there is none.
  static var ofThisProcess: Int? {
    contents("/proc/self/cgroup").flatMap { processors(groups: $0, contents: contents) }
  }

  /// Returns the smallest quota of the groups and all groups around them, rounded up to whole processors; nil if there is none.
  /// - Parameters:
  ///   - groups: lines `id:controllers:path`, as in /proc/self/cgroup. Version 2 has one line, `0::path`.
  ///   - contents: returns a file's text, or nil if there is no such file.
  static func processors(groups: String, contents: (String) -> String?) -> Int? {
    var smallest: Int?
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[0] == "0" && parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { continue }
      var path: Substring? = parts[2]
      while let group = path {
        let folder = (isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu") + group
        let files = isUnified ? ["cpu.max"] : ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
        let text = files.map { contents("\(folder)/\($0)") ?? "" }.joined(separator: " ")
        if let quota = processors(quotaAndPeriod: text) { smallest = min(smallest ?? quota, quota) }
        path = group.lastIndex(of: "/").map { group[..<$0] }
      }
    }
    return smallest
  }

  /// Returns the processors of a text such as `150000 100000`: microseconds of processor time in each period. A quota of
  /// `max` or `-1` is no limit.
  private static func processors(quotaAndPeriod text: String) -> Int? {
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Int($0) ?? 0 }
    guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
    return numbers[0] / numbers[1] + (numbers[0] % numbers[1] > 0 ? 1 : 0)
  }

  private static func contents(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    return String(
      decoding: [UInt8](unsafeUninitializedCapacity: 1 << 16) { $1 = fread($0.baseAddress, 1, $0.count, file) },
      as: UTF8.self)
  }
}
