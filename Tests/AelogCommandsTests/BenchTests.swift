// BenchTests.swift
// A benchmark of tiny models: the shape of its report, and figures that agree with each other.

import AelogCommands
import Foundation
import Networks
import Tensors
import Testing

@Suite struct BenchTests {
  private typealias Object = [String: Any]

  private static let quick = ["--image", "6x7x2", "--batch-size", "4", "--threads", "2", "--seconds", "0.02"]
  private static let models: [[String]] = [
    ["--filters", "3,2"], ["--filters", "4", "--downsampling", "stride", "--dropout", "0.2"],
    ["--model", "fully-connected", "--hidden-units", "9,5", "--noise-factor", "0.1"],
  ]

  private func report(_ arguments: [String]) throws -> Object {
    let run = CommandRun(["bench", "--json"] + Self.quick + arguments)
    try #require(run.status == 0 && run.errors.isEmpty, "\(run)")
    #expect(run.output.filter(\.isNewline).count == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? Object)
  }

  private func number(_ object: Object, _ key: String) throws -> Double {
    try #require(object[key] as? Double, "\(key)")
  }

  @Test("speeds agree with each other", arguments: models)
  func speeds(model: [String]) throws {
    let report = try report(model)
    let speed = try number(report, "images_per_second")
    #expect(speed > 0)
    #expect(try abs(number(report, "iterations_per_second") * 4 / speed - 1) < 1e-9)
    let gflops = try number(report, "gflops")
    #expect(try abs(number(report, "mflop_per_image") * speed * 1e-3 / gflops - 1) < 1e-9)
    #expect(try abs(gflops / number(report, "peak_gflops") / number(report, "share_of_roofline") - 1) < 1e-9)
    #expect(try number(report, "peak_gflops_one_thread") > 0.1)
    #expect(try number(report, "encoding_images_per_second") > 0)
    #expect(try number(report, "reconstruction_images_per_second") > 0)
    #expect(report["threads"] as? Int == 2 && report["batch_size"] as? Int == 4)
    #expect(report["image"] as? String == "6x7x2")
    let threads = try #require(report["training_by_threads"] as? [Object])
    #expect(threads.map { $0["threads"] as? Int } == [1, 2])
    let kernels = try #require(report["training_by_kernels"] as? [Object])
    let names = kernels.compactMap { $0["kernels"] as? String }
    #expect(names.first == "reference" && Set(names).count == names.count && names.count == kernels.count)
    #expect(Set(names).isSuperset(of: InstructionSet.available.map(\.rawValue)))
    let own = try #require(kernels.first { $0["kernels"] as? String == report["kernels"] as? String })
    #expect(try number(own, "images_per_second") == speed)
  }

  @Test("the account has every layer of the table and adds up to the whole step", arguments: models)
  func account(model: [String]) throws {
    let report = try report(model)
    let layers = try #require(report["layers"] as? [Object])
    let table = try table(of: model)
    #expect(layers.map { $0["name"] as? String } == table.map(\.name))
    var sum = try number(report, "loss_microseconds") + number(report, "update_microseconds")
    for (layer, row) in zip(layers, table) {
      for way in ["forward", "backward"] {
        let time = try number(layer, way + "_microseconds")
        sum += time
        let works = row.multiplyAdds > 0
        #expect(works ? time > 0 : time >= 0, "\(row.name)")
        #expect((layer[way + "_gflops"] is NSNull) != works && (layer[way + "_share"] is NSNull) != works)
      }
    }
    let whole = try number(report, "step_microseconds")
    #expect(try abs(sum + number(report, "unaccounted_microseconds") - whole) < 1e-6 * whole)
    let single = try #require((report["training_by_threads"] as? [Object])?.first)
    #expect(try abs(number(single, "images_per_second") * whole * 1e-6 - 1) < 1e-9)
  }

  private func table(of model: [String]) throws -> [Layer] {
    let architecture: Architecture =
      model.contains("fully-connected")
      ? .fullyConnected(hiddenUnits: [9, 5])
      : model.contains("stride")
        ? .convolutional(filters: [4], downsampling: .stride) : .convolutional(filters: [3, 2], downsampling: .pool)
    return try Autoencoder(architecture, imageShape: ImageShape(height: 6, width: 7, channels: 2)).layers
  }

  @Test("the kernels asked for", arguments: ["auto", "direct", "reference"])
  func kernels(choice: String) throws {
    let report = try report(["--filters", "16", "--image", "28x28", "--kernels", choice])
    let name = try #require(report["kernels"] as? String)
    let best = InstructionSet.best.rawValue
    #expect(choice == "reference" ? name == "reference" : name.hasPrefix(best), "\(name)")
    #expect(choice != "direct" || name == best)
    let names = try #require(report["training_by_kernels"] as? [Object]).compactMap { $0["kernels"] as? String }
    #expect(names.contains(name) && names.contains(best))
  }

  @Test("a brief report has the headline alone")
  func brief() throws {
    let report = try report(["--filters", "2", "--brief"])
    #expect(try number(report, "images_per_second") > 0 && number(report, "share_of_roofline") > 0)
    #expect((report["layers"] as? [Any])?.isEmpty == true && report["step_microseconds"] is NSNull)
    let text = CommandRun(["bench", "--filters", "2", "--brief"] + Self.quick).output
    #expect(text.contains("iterations/s") && !text.contains("whole step") && !text.contains("speed-up"))
  }

  @Test("the tables for people", arguments: models)
  func text(model: [String]) throws {
    let run = CommandRun(["bench"] + Self.quick + model)
    #expect(run.status == 0 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n").map { $0.drop { $0 == " " } }
    for name in try table(of: model).map(\.name) + ["loss", "sum of gradients, Adam", "whole step", "reference"] {
      #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
    }
    #expect(run.output.contains("6×7×2, 4 per step") && run.output.contains(" % of") == false)
    #expect(!run.output.contains("nan") && !run.output.contains("inf"))
  }

  @Test("images of a collection, and a batch that it does not have")
  func collection() throws {
    let run = CommandRun("bench", "--data", "/nowhere", "--brief")
    #expect(run.isRefusal(.noInput, mentioning: "/nowhere"))
  }
}
