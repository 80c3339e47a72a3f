@testable import ModelRepository

extension FuzzTarget {
    /// `config.pbtxt`: an empty line and a comment at its end say nothing, and what is read passes through the rules.
    static let modelConfiguration = FuzzTarget(name: "model-configuration") { input in
        compare(input, ModelConfigurationSchema.modelConfiguration)
        _ = try? ModelConfiguration.read(input.span, directoryName: "m")
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
