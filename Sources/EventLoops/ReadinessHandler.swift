/// The owner of a descriptor other than a connection: a listener or a mailbox.
protocol ReadinessHandler: AnyObject {
    /// The descriptor is ready.
    func ready(on loop: EventLoop)
}
