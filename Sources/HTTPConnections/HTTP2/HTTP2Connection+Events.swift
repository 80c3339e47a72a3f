import EventLoops
import LinuxSystem

extension HTTP2Connection: SocketHandler, TimerHandler {
    func inputReady(on loop: EventLoop) {
        if sendsNextTurn {
            guard sendUnsent() else { return }
            mark()
        }
        receiveSome()
    }

    func outputReady(on loop: EventLoop) {
        guard sendUnsent() else { return }
        mark()
        receiveSome()
    }

    var waiting: BacklogShare.Candidate {
        let (now, limits) = (shared.loop.now, shared.limits)
        let own = Double(unsent.count) * state.sending.secondsOwed(at: now, limits)
        let cost = streams.reduce(own) { sum, stream in
            sum + Double(stream.countedByteCount) * stream.state.sending.secondsOwed(at: now, limits)
        }
        return .init(index: index, byteCount: waitingByteCount + unsent.count, byteSeconds: cost)
    }

    func connectionFailed(on loop: EventLoop) { close(.lost) }

    func timerFired(on loop: EventLoop) {
        timer = nil
        timerInstant = .never
        let next = streamsTimePassed()
        switch state.timePassed(to: loop.now) {
        case .wait(let instant):
            // What is not limited now will be when a stream ends.
            let latest = loop.now + Nanoseconds(Int64(shared.limits.idleNanoseconds))
            look(at: min(min(instant, next), latest))
        case .refuseStreams:
            session.refuseStreams()
            state.endBegan()
            mark()
            look(at: next)
        case .endIdle:
            end = .idle
            session.terminate(.noError)
            state.endBegan()
            mark()
        case .close: close(.timeout)
        }
    }

    /// Ends what has taken too long, and returns when to look again.
    private func streamsTimePassed() -> Nanoseconds {
        var next = Nanoseconds.never
        var place = streams.count
        // What a handler is told may end streams, which moves the last one into their place.
        while place > 0 {
            place -= 1
            guard place < streams.count else { continue }
            let stream = streams[place]
            switch stream.state.timePassed(to: shared.loop.now) {
            case .wait(let instant): next = min(next, instant)
            case .refuseSlowRequest: refuse(stream, "the request did not arrive in time", .requestTimeout)
            case .reset: reset(stream, .cancel)
            case .expire: shared.handler.timeExpired(stream)
            }
        }
        return next
    }

    /// Makes sure that the time is looked at by an instant; only one that comes sooner than the timer moves it.
    func look(at instant: Nanoseconds) {
        guard instant < timerInstant, state.phase != .closed else { return }
        if let timer { shared.loop.cancel(timer) }
        timer = shared.loop.arm(self, at: instant)
        timerInstant = instant
    }
}
