package core

// SessionList is an output that lists sessions with their tokens.
type SessionList []*Session

// AppendJSON writes the list.
func (list SessionList) AppendJSON(b []byte) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.AppendJSON(b)
	}
	return append(b, ']')
}

// MarshalJSON writes the list; none is an empty one.
func (list SessionList) MarshalJSON() ([]byte, error) { return list.AppendJSON(nil), nil }
