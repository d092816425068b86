// KernelChoice+Argument.swift
// The option `--kernels`.

import ArgumentParser
package import Networks

extension KernelChoice: ExpressibleByArgument {
  static let help = ArgumentHelp(what, valueName: "way")
  /// Where none is a choice too.
  static let optionalHelp = ArgumentHelp("\(what) (default: \(KernelChoice.auto.rawValue))", valueName: "way")

  private static let what =
    "How layers are computed: the fastest for each (Winograd's convolutions among them), direct convolutions only, or "
    + "the slow reference. Results differ in rounding."
}
