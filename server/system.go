package server

import (
	"io"
	"os"
)

// System is what the commands need from the operating system. Tests give
// their own.
type System struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(name string) (string, bool)
	Dir            string    // where a development server keeps its files
	Random         io.Reader // nil: crypto/rand
	Version        string
}

// OS returns the real system of the process.
func OS(version string) *System {
	return &System{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Dir: ".", Version: version}
}
