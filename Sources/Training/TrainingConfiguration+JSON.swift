// TrainingConfiguration+JSON.swift
// The choices of a run as JSON, under the names of the command's options.

import Networks

extension TrainingConfiguration: Codable {
  private enum Key: String, CodingKey {
    case model, filters, downsampling
    case hiddenUnits = "hidden_units"
    case epochs
    case batchSize = "batch_size"
    case learningRate = "learning_rate"
    case learningRateDecay = "learning_rate_decay"
    case decaySteps = "decay_steps"
    case weightDecay = "weight_decay"
    case dropout
    case noiseFactor = "noise_factor"
    case seed, kernels
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch architecture {
    case .convolutional(let filters, let downsampling):
      try container.encode("convolutional", forKey: .model)
      try container.encode(filters, forKey: .filters)
      try container.encode(downsampling.rawValue, forKey: .downsampling)
    case .fullyConnected(let hiddenUnits):
      try container.encode("fully-connected", forKey: .model)
      try container.encode(hiddenUnits, forKey: .hiddenUnits)
    }
    try container.encode(epochs, forKey: .epochs)
    try container.encode(batchSize, forKey: .batchSize)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(learningRateDecay, forKey: .learningRateDecay)
    try container.encode(decaySteps, forKey: .decaySteps)
    try container.encode(weightDecay, forKey: .weightDecay)
    try container.encode(dropout, forKey: .dropout)
    try container.encode(noiseFactor, forKey: .noiseFactor)
    try container.encode(seed, forKey: .seed)
    try container.encode(kernels.rawValue, forKey: .kernels)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .model) {
    case "convolutional":
      let name = try container.decode(String.self, forKey: .downsampling)
      guard let downsampling = Downsampling(rawValue: name) else {
        throw DecodingError.dataCorruptedError(forKey: .downsampling, in: container, debugDescription: name)
      }
      self.init(
        architecture: .convolutional(
          filters: try container.decode([Int].self, forKey: .filters), downsampling: downsampling))
    case "fully-connected":
      self.init(
        architecture: .fullyConnected(hiddenUnits: try container.decode([Int].self, forKey: .hiddenUnits)))
    case let name:
      throw DecodingError.dataCorruptedError(forKey: .model, in: container, debugDescription: name)
    }
    epochs = try container.decode(Int.self, forKey: .epochs)
    batchSize = try container.decode(Int.self, forKey: .batchSize)
    learningRate = try container.decode(Double.self, forKey: .learningRate)
    learningRateDecay = try container.decode(Double.self, forKey: .learningRateDecay)
    decaySteps = try container.decode(Int.self, forKey: .decaySteps)
    weightDecay = try container.decode(Double.self, forKey: .weightDecay)
    dropout = try container.decode(Double.self, forKey: .dropout)
    noiseFactor = try container.decode(Double.self, forKey: .noiseFactor)
    seed = try container.decode(UInt64.self, forKey: .seed)
    let name = try container.decode(String.self, forKey: .kernels)
    guard let choice = KernelChoice(rawValue: name) else {
      throw DecodingError.dataCorruptedError(forKey: .kernels, in: container, debugDescription: name)
    }
    kernels = choice
  }
}
