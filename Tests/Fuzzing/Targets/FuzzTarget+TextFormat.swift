@testable import ModelRepository

extension FuzzTarget {
    /// `config.pbtxt`: an empty line and a comment at its end say nothing, and what is read passes through the rules.
    static let modelConfiguration = FuzzTarget(name: "model-configuration") { input in
        compare(input, ModelConfigurationSchema.modelConfiguration)
        if let configuration = try? ModelConfiguration.read(input.span, directoryName: "m"),
            configuration.backend == .ensemble, let graph = try? EnsembleGraph(configuration)
        {
            precondition(graph.order.sorted() == Array(configuration.ensembleSteps.indices), "every step runs once")
        }
    }

    /// A configuration as JSON: white space at its end says nothing, and what is read and printed is read as the same.
    static let configurationJSON = FuzzTarget(name: "configuration-json") { input in
        let schema = ModelConfigurationSchema.modelConfiguration
        do throws(TextFormatFault) {
            let (message, notices) = try MessageJSONReader.parse(input.span, as: schema)
            let followed = try MessageJSONReader.parse((input + Array(" \n".utf8)).span, as: schema)
            let printed = MessageJSON.bytes(of: message)
            precondition(printed == MessageJSON.bytes(of: followed.message), "white space says nothing")
            precondition(notices == followed.notices, "white space changes no notice")
            // What has a number that JSON cannot write comes back as text.
            let again = try MessageJSONReader.parse(printed.span, as: schema)
            precondition(MessageJSON.bytes(of: again.message) == printed, "what is printed is read as the same")
        } catch {
            precondition(!error.description.isEmpty, "a fault has words")
        }
        _ = try? ModelConfiguration.read(json: input.span, directoryName: "m")
    }

    /// `rowan.pbtxt`: likewise.
    static let rowanConfiguration = FuzzTarget(name: "rowan-configuration") { input in
        compare(input, RowanConfigurationSchema.rowanConfiguration)
        _ = try? RowanConfiguration.read(input.span)
    }

    private static func compare(_ input: [UInt8], _ schema: MessageSchema) {
        do throws(TextFormatFault) {
            let (message, notices) = try TextFormatParser.parse(input.span, as: schema)
            let followed = try TextFormatParser.parse((input + Array("\n# end".utf8)).span, as: schema)
            precondition(
                MessageJSON.bytes(of: message) == MessageJSON.bytes(of: followed.message), "a comment says nothing")
            precondition(notices == followed.notices, "a comment changes no notice")
        } catch {
            precondition(!error.description.isEmpty, "a fault has words")
        }
    }
}
