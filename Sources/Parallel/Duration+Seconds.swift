// Duration+Seconds.swift
// A duration as a number of seconds.

extension Duration {
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
