import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Why a call is not answered as it is meant.
enum CallRefusal: Error, Equatable {
    /// The caller may not make it.
    case forbidden(String)
    case fault(ProtocolError)
    /// The caller's key does not open what the message asks for, or was used too often.
    case access(AccessRefusal)

    /// How the call ends in gRPC.
    var status: CallStatus {
        switch self {
        case .forbidden(let reason): CallStatus(.permissionDenied, reason)
        case .fault(let error): CallStatus(error)
        case .access(let refusal): refusal.callStatus
        }
    }
}

extension ResourceAnswers {
    func refusal(_ refusal: CallRefusal, to reply: inout ByteBuffer) -> HTTPResponseHead {
        switch refusal {
        case .forbidden(let reason):
            writeError(reason, to: &reply)
            return HTTPResponseHead(.forbidden)
        case .fault(let error): return self.refusal(error, to: &reply)
        case .access(let refusal):
            writeError(refusal.message, to: &reply)
            return HTTPResponseHead(refusal.httpStatus)
        }
    }
}
