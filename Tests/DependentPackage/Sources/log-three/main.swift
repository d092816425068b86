// A scalar, an image and an embedding: log-three LOGDIR.
import EventFiles
import ProjectorFiles

let run = try LogDirectory(CommandLine.arguments[1]).run("three")
for step in 0..<10 { try run.scalar("loss", 1 / Float(step + 1), step: Step(step)) }

let gradient = (0..<784).map { Float($0 % 28) / 27 }
try run.images("gradient", EncodedImages(values: gradient, width: 28, height: 28, format: .gray), step: 0)

let table = try EmbeddingTable(points: 100, dimensions: 3, values: (0..<300).map { Float($0 * 37 % 101) })
let labels = try MetadataTable([.integers("label", (0..<100).map { $0 % 10 })])
try ProjectorBundle.write([.init(name: "codes", table: table, metadata: labels)], to: run.path)
try run.close()
