// ProcessorCountTests.swift
// The quotas of control groups, in both versions of their files.

import Testing

@testable import Parallel

@Suite struct ProcessorCountTests {
  private func quota(_ groups: String, _ files: [String: String]) -> Int? {
    ProcessorQuota.processors(groups: groups) { files[$0] }
  }

  @Test("there is at least one processor")
  func count() { #expect(processorCount >= 1) }

  @Test(
    "version 2: a quota is rounded up; max is no limit",
    arguments: [
      ("max 100000\n", nil), ("100000 100000\n", 1), ("150000 100000\n", 2), ("1000 100000\n", 1),
      ("400000 50000\n", 8), ("", nil), ("100000\n", nil), ("100000 0\n", nil), ("x y\n", nil),
    ] as [(String, Int?)])
  func unified(text: String, wanted: Int?) {
    #expect(quota("0::/user/job\n", ["/sys/fs/cgroup/user/job/cpu.max": text]) == wanted)
  }

  @Test("the smallest quota of a group and those around it counts")
  func ancestors() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "500000 100000\n", "/sys/fs/cgroup/a/cpu.max": "300000 100000\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
    ]
    #expect(quota("0::/a/b\n", files) == 3)
    #expect(quota("0::/a/b/c\n", files) == 3)
    #expect(quota("0::/\n", files) == nil)
    #expect(quota("0::/\n", ["/sys/fs/cgroup/cpu.max": "200000 100000"]) == 2)
  }

  @Test("version 1: quota and period are files of the cpu controller")
  func separateControllers() {
    let files = [
      "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "250000\n", "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(quota("4:memory:/job\n3:cpu,cpuacct:/job\n0::/\n", files) == 3)
    #expect(quota("4:memory:/job\n3:cpuacct:/job\n", files) == nil)
    #expect(quota("1:cpu:/\n", files) == nil)
    #expect(quota("not a line\n\n", files) == nil)
  }
}
