// NonFiniteOptions.swift
// The command-line option for steps whose loss or gradient is not finite.

import ArgumentParser
package import Training

/// The policy for a step whose loss or gradient is not finite.
package struct NonFiniteOptions: ParsableArguments {
  @Option(
    name: .customLong("on-nonfinite"),
    help: ArgumentHelp(
      "Policy for a step whose loss or gradient is not finite: stop with an error, or skip its update.",
      valueName: "policy"))
  package var onNonFinite = NonFiniteRule.stop

  package init() {}
}

extension NonFiniteRule: ExpressibleByArgument {}
