package load

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
)

// reader reads responses off one connection.
type reader struct {
	in   *bufio.Reader
	body []byte
}

func newReader(conn net.Conn) *reader { return &reader{in: bufio.NewReaderSize(conn, 16<<10)} }

var errResponse = errors.New("load: not a response")

// response reads one response. The body is good until the next call.
func (r *reader) response() (status int, body []byte, err error) {
	line, err := r.line()
	if err != nil || len(line) < 12 {
		return 0, nil, errors.Join(errResponse, err)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, errResponse
	}
	length, chunked := 0, false
	for {
		if line, err = r.line(); err != nil {
			return 0, nil, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.Atoi(string(value))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
		if err != nil {
			return 0, nil, err
		}
	}
	r.body = r.body[:0]
	if chunked {
		err = r.chunks()
	} else {
		err = r.take(length)
	}
	return status, r.body, err
}

func (r *reader) line() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func (r *reader) take(n int) error {
	at := len(r.body)
	r.body = append(r.body, make([]byte, n)...)
	_, err := io.ReadFull(r.in, r.body[at:])
	return err
}

func (r *reader) chunks() error {
	for {
		line, err := r.line()
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return err
		}
		if size > 0 {
			if err := r.take(int(size)); err != nil {
				return err
			}
		}
		if _, err := r.line(); err != nil || size == 0 {
			return err
		}
	}
}
