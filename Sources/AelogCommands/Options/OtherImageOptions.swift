// OtherImageOptions.swift
// Command-line options that name other images than a run's own, and say how they are read.

package import ArgumentParser
package import Datasets
package import Runs

/// The images that a trained model is applied to.
package struct OtherImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images of any kind that --data of aelog train takes. They are brought to the size and channels of the run's images. "
        + "(default: the run's own)", valueName: "path"),
    completion: .file())
  package var data: String?

  @Option(
    help: ArgumentHelp(
      "How other shapes become that of the run's images: crop, pad or stretch. (default: as for the run, else crop)",
      valueName: "rule"))
  package var fit: PictureFit?

  @Flag(help: "Leave out files that are no pictures, and broken ones, instead of refusing them.")
  package var skipBroken = false

  package init() {}

  package func validate() throws {
    if data?.isEmpty ?? false { throw ValidationError("--data: the path is empty; give a directory, or leave it out") }
    if data == nil, fit != nil || skipBroken {
      throw ValidationError("--\(fit != nil ? "fit" : "skip-broken") is for other images; name them with --data")
    }
  }

  /// Returns the images to read; nil for the run's own.
  package func source(for model: TrainedModel) -> DataSource? {
    guard let data else { return nil }
    var options = model.readingOptions(at: data)
    options.fit = fit ?? options.fit
    options.skipBroken = skipBroken ? true : nil
    return DataSource(argument: data, options: options)
  }
}
