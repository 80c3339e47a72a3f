// What is wrong with a request that came as a message, in Triton's words where it has some.
extension ProtocolError {
    static func parameterKind(_ name: String, _ expected: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "invalid value type for '\(name)' parameter, expected \(expected).")
    }

    static func negativeParameter(_ name: StaticString, _ value: Int64) -> ProtocolError {
        ProtocolError(.invalidArgument, "parameter '\(name)' is \(value): it must not be negative")
    }

    static func contentsBesideRegion(_ input: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "unexpected 'content' provided when using shared memory for input tensor '\(input)' for model '\(model)'")
    }

    static func contentsBesideRaw(_ input: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "contents field must not be specified when using raw_input_contents for '\(input)' for model '\(model)'")
    }

    static func noContents(_ input: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument, "unable to find data for input tensor '\(input)' for model '\(model)' in request.")
    }

    static func contentsKind(_ input: String, _ model: String, given: Datatype, expected: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "unexpected explicit tensor data for input tensor '\(input)' for model '\(model)' of type "
                + "'\(given.name)', expected datatype '\(expected)'")
    }

    static var classCount: ProtocolError {
        ProtocolError(.invalidArgument, "parameter 'classification' must be greater than 0")
    }
}
