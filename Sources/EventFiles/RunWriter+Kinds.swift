// RunWriter+Kinds.swift
// A method for each kind of value.

extension RunWriter {
  /// Logs images of one size. TensorBoard keeps ten steps of a tag, each with all its images.
  public func images(_ tag: Tag, _ images: EncodedImages, step: Step, description: String = "") throws {
    try write([.images(tag, images, description: description)], step: step)
  }

  /// Logs the distribution of some numbers.
  public func histogram(_ tag: Tag, _ histogram: Histogram, step: Step, description: String = "") throws {
    try write([.histogram(tag, histogram, description: description)], step: step)
  }

  /// Logs the distribution of some numbers; those that are not finite are left out.
  public func histogram(_ tag: Tag, of numbers: [Float], step: Step, description: String = "") throws {
    try histogram(tag, Histogram(of: numbers), step: step, description: description)
  }

  /// Logs Markdown.
  public func text(_ tag: Tag, _ markdown: String, step: Step = 0, description: String = "") throws {
    try write([.text(tag, markdown, description: description)], step: step)
  }

  /// Logs a table of Markdown cells.
  public func table(_ tag: Tag, rows: [[String]], step: Step = 0, description: String = "") throws {
    try write([.table(tag, rows: rows, description: description)], step: step)
  }

  /// Logs the model.
  public func graph(_ graph: Graph) throws { try write(Event(.graph(graph))) }

  /// Logs the hyperparameters: the run becomes a row of the HParams dashboard.
  public func hyperParameters(_ parameters: [HyperParameter], group: String = "") throws {
    try write([.sessionStart(SessionStart(parameters, group: group))], step: 0)
  }

  /// Logs which columns the HParams dashboard shows; all runs that are compared should log the same.
  public func hyperParameterTable(_ table: HyperParameterTable) throws {
    try write([.hyperParameterTable(table)], step: 0)
  }

  /// Logs how the run ended.
  public func ended(_ status: SessionEnd.Status) throws {
    try write([.sessionEnd(SessionEnd(status))], step: 0)
  }
}
