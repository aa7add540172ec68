package input

// Reason says why an input is refused. Whoever answers words it.
type Reason uint8

// The reasons.
const (
	Invalid     Reason = iota // a value is not what was asked for
	Malformed                 // the body cannot be read
	TooLarge                  // the body is longer than allowed
	Unsupported               // the body's media type is not taken
	NotAllowed                // a column is not the client's to set
	Missing                   // a required column was not sent
	Unfit                     // a column cannot hold the value
)

// Error refuses an input. Message is for the client, in the reference's words,
// and empty where the reason says it all; Err is the cause, for the log.
type Error struct {
	Reason  Reason
	Message string
	Err     error
}

// Error describes the refusal and its cause, for logs.
func (e *Error) Error() string {
	text := e.Message
	if text == "" {
		text = "the body cannot be taken"
	}
	if e.Err != nil && e.Err.Error() != text {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
