/// Limits of what events say, each with its reason.
enum EventLimits {
    /// Bytes of what events call this server: it is a part of every event's source.
    static let instanceByteCount = 256
    /// What one event of drift lists, the worst in front.
    static let listedCrossings = 32
    /// Bytes of a name in an event; longer ones are cut, so that even escaped ones leave room: an event's data may have
    /// 64 KiB.
    static let nameByteCount = 256
    /// Bytes of the cause in an event about an explanation; the rest is read where the event points to.
    static let paragraphByteCount = 2_048
}
