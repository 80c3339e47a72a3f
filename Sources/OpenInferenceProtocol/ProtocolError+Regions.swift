// What is wrong with tensors in shared memory and with classified outputs, in Triton's words where it has some.
extension ProtocolError {
    static func unknownRegion(_ name: String) -> ProtocolError {
        ProtocolError(.notFound, "Unable to find shared memory region: '\(name)'")
    }

    static func regionOffset(_ name: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "Invalid offset for shared memory region: '\(name)'")
    }

    static func regionOverflow(_ name: String, offset: UInt64, byteCount: UInt64) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "Integer overflow detected: byte_size (\(byteCount)) + offset (\(offset)) exceeds maximum value "
                + "(\(UInt64.max)) for region '\(name)'")
    }

    static func regionEnd(_ name: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "Invalid offset + byte size for shared memory region: '\(name)'")
    }

    /// More bytes are to be read from regions than the caller reads here and now.
    static func manyRegionBytes(_ byteCount: Int) -> ProtocolError {
        ProtocolError(.invalidArgument, "\(byteCount) bytes in shared memory are too many for one request")
    }

    static func regionTooSmall(_ output: String, given: Int, needed: Int) -> ProtocolError {
        ProtocolError(
            .internalFault,
            "shared memory size specified with the request for output '\(output)' (\(given) bytes) should be at least "
                + "\(needed) bytes to hold the results")
    }

    static func regionWith(_ other: StaticString) -> ProtocolError {
        ProtocolError(.invalidArgument, "Output can't set both 'shared_memory_region' and '\(other)'")
    }

    static func unclassifiable(_ datatype: Datatype) -> ProtocolError {
        ProtocolError(
            .invalidArgument, "class result not available for output due to unsupported type '\(datatype.name)'")
    }

    static var tooManyClasses: ProtocolError {
        ProtocolError(.invalidArgument, "classification output tensor too large")
    }

    static func tooManyClassTexts(_ rows: Int, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "the classes asked of model '\(model)' for \(rows) rows are too many for one answer: send fewer rows, or "
                + "ask for fewer classes")
    }
}
