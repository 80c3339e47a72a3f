package import EventLoops
import LinuxSystem

extension HTTP1Connection: HTTPConnection, SocketHandler, TimerHandler {
    package func inputReady(on loop: EventLoop) {
        if sendsNextTurn, !sendUnsent() { return }
        continueTurn()
    }

    package func outputReady(on loop: EventLoop) {
        guard sendUnsent(), unsent.isEmpty else { return }
        continueTurn()
    }

    package func connectionFailed(on loop: EventLoop) {
        close(.lost)
    }

    package func timerFired(on loop: EventLoop) {
        timer = nil
        timerInstant = .never
        switch state.timePassed(to: loop.now) {
        case .wait(let instant):
            releaseIdleBuffers()
            // A phase without a deadline is looked at again: it will have one when it ends.
            let latest = loop.now + Nanoseconds(Int64(shared.limits.idleNanoseconds))
            rearmTimer(at: min(instant, latest))
        case .close:
            close(state.phase == .idle && unsent.isEmpty ? .idle : .timeout)
        case .refuseSlowRequest:
            refuse("the request did not arrive in time", .requestTimeout)
            end = .timeout
            endTurn()
        }
    }

    var waiting: BacklogShare.Candidate {
        let seconds = state.sending.secondsOwed(at: shared.loop.now, shared.limits)
        return .init(index: index, byteCount: countedByteCount, byteSeconds: Double(countedByteCount) * seconds)
    }

    func giveUpAnswers() { close(.unread) }

    /// Deadlines are looked at when the timer fires, so only one that comes sooner than the timer moves it.
    func hasten(to nanoseconds: UInt64) {
        let instant = shared.loop.now + Nanoseconds(Int64(nanoseconds))
        if instant < timerInstant { rearmTimer(at: instant) }
    }

    func rearmTimer(at instant: Nanoseconds) {
        if let timer { shared.loop.cancel(timer) }
        timer = shared.loop.arm(self, at: instant)
        timerInstant = instant
    }

    /// A connection between two requests needs no buffers.
    func releaseIdleBuffers() {
        guard state.phase == .idle else { return }
        if unread.isEmpty { unread.releaseCapacity() }
        if unsent.isEmpty { unsent.releaseCapacity() }
        partialHead.releaseCapacity()
        partialBody.releaseCapacity()
    }
}
