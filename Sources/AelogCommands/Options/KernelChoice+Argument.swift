// KernelChoice+Argument.swift
// The option `--kernels`.

import ArgumentParser
package import Networks

extension KernelChoice: ExpressibleByArgument {
  static let help = ArgumentHelp(
    "How layers are computed: the fastest for each (Winograd's convolutions among them), direct convolutions only, or "
      + "the slow reference. Results differ in rounding.", valueName: "way")
}
