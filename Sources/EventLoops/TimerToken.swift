/// Names an armed timer; of no use once the timer has fired.
package struct TimerToken: Hashable, Sendable {
    let slot: SlotToken
}
