import LinuxSystem
import TextEmbedding
import TreeEnsembles

// Usage: Benchmarks --text-encoder FOLDER [--isa v3] [--repetitions N]
// or: Benchmarks [--model FILE]… [--isa NAME] [--engine NAME] [--rows-per-call N]… [--rows N] [--repetitions N]
// [--missing FRACTION] [--rows-file FILE] [--print-margins yes]

var options = ForestBenchmark.Options()
var models: [String] = []
var batchSizes: [Int] = []
var encoderFolder: String?
var arguments = CommandLine.arguments.dropFirst()
while let name = arguments.popFirst() {
    let text = arguments.popFirst() ?? ""
    let number = Int(text) ?? 0
    switch name {
    case "--model": models.append(text)
    case "--text-encoder": encoderFolder = text
    case "--isa": options.instructionSets = InstructionSet.allCases.filter { $0.rawValue == text }
    case "--engine": options.engines.append(text)
    case "--rows-per-call": batchSizes.append(max(number, 1))
    case "--rows": options.rowCount = max(number, 1)
    case "--repetitions": options.repetitions = max(number, 1)
    case "--missing": options.missingFraction = Double(text) ?? 0
    case "--rows-file": options.rowsFile = text
    case "--print-margins": options.printsMargins = text == "yes"
    default: preconditionFailure("unknown option \(name)")
    }
}
if let encoderFolder {
    let instructionSet = options.instructionSets.last ?? .detect()
    let instructions: EncoderInstructions =
        switch instructionSet {
        case .baseline: .baseline
        case .v3: .avx2
        case .v4, .vbmi: .avx512
        }
    let benchmark = TextBenchmark(folder: encoderFolder, instructions: instructions, repetitions: options.repetitions)
    ProcessExit.end(with: benchmark.run() ? 0 : 1)
}
if !models.isEmpty { options.models = models }
if !batchSizes.isEmpty { options.batchSizes = batchSizes }
if !ForestBenchmark(options: options).run() { ProcessExit.end(with: 1) }
