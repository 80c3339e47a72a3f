/// What a loop tells the owner of a timer.
package protocol TimerHandler: AnyObject {
    /// The time that the timer was armed for has come; the timer is no longer armed.
    func timerFired(on loop: EventLoop)
}
