package sqlite

import "syscall"

// walIndex reads the header of a database's WAL index, the file "-shm": two
// copies of 48 bytes that every commit of every process rewrites before it
// returns, and by which SQLite itself notices that its cache is old
// (https://sqlite.org/walformat.html, section 2.1). To read them costs a tenth
// of asking for the data_version.
//
// The descriptor is never closed: POSIX drops all locks of a process on a file
// when any of its descriptors of that file is closed, and SQLite holds such
// locks for every connection of the process.
type walIndex struct {
	fd   int
	last [walHeaders]byte
	now  [walHeaders]byte
}

const (
	walHeaders  = 2 * 48
	initialised = 12 // where a header says that it is one
)

// openWALIndex returns nil where the database has no WAL index.
func openWALIndex(path string) *walIndex {
	fd, err := syscall.Open(path+"-shm", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	return &walIndex{fd: fd}
}

// same reports whether nothing was committed since the call of note that
// followed an earlier same. What is being written at the moment is another.
func (x *walIndex) same() bool {
	if x == nil {
		return false
	}
	n, err := syscall.Pread(x.fd, x.now[:], 0)
	if err != nil || n != walHeaders {
		x.now[initialised] = 0
	}
	return x.now[initialised] != 0 && x.now == x.last && [48]byte(x.now[:48]) == [48]byte(x.now[48:])
}

// note takes what the last call of same read for what is known.
func (x *walIndex) note() {
	if x != nil {
		x.last = x.now
	}
}
