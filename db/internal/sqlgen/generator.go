package sqlgen

import (
	"sync"

	"github.com/watchword-auth/watchword/db"
)

// Options says what a [Generator] writes for.
type Options struct {
	Dialect db.Dialect
	// Returning tells that INSERT and DELETE can hand rows back. SQLite and
	// PostgreSQL can, MariaDB can, MySQL cannot.
	Returning bool
	// HideTypes keeps the declared types of all columns from the driver of
	// SQLite, not only those of instants, which is cheaper. It is wrong where
	// the driver was told to make instants of all texts that look like one.
	HideTypes bool
	// MaxStatements bounds how many shapes are kept; 0 means 512. Beyond it
	// an old one is dropped for each new one.
	MaxStatements int
	// Evicted is told of statements that were dropped, so that what was
	// prepared for them can be released. It may be nil. It must not call the
	// generator.
	Evicted func(*Statement)
}

// Generator builds and keeps statements. Make one with [New].
type Generator struct {
	options Options

	mu         sync.RWMutex
	statements map[shape]*Statement
	rows       sync.Pool
}

// Statement is the text of one shape.
type Statement struct {
	Text    string
	Columns []*db.Column // what each row of the result consists of
	// Prepared belongs to the adapter, which makes it safe for concurrent use.
	Prepared Prepared
}

// shape identifies a statement. The tables are told apart by identity, so two
// instances with different names can share one generator.
type shape struct {
	verb        verb
	table, join *db.Def
	rest        string
}

type verb uint8

const (
	verbInsert verb = iota + 1
	verbSelect
	verbCount
	verbUpdate
	verbDelete
	verbTake
)

// New returns a generator with no statements yet.
func New(o Options) *Generator {
	if o.MaxStatements <= 0 {
		o.MaxStatements = 512
	}
	g := &Generator{options: o, statements: map[shape]*Statement{}}
	g.rows.New = func() any { return new(Row) }
	return g
}

// find returns the statement of a shape. The composite literal with the
// conversion inside of the index expression is what keeps it free of
// allocations: the compiler does not copy rest for a mere look-up.
func (g *Generator) find(v verb, table, join *db.Def, rest []byte) *Statement {
	g.mu.RLock()
	st := g.statements[shape{v, table, join, string(rest)}]
	g.mu.RUnlock()
	return st
}

// keep stores a statement unless another caller was first, and returns the
// one that is kept.
func (g *Generator) keep(v verb, table, join *db.Def, rest []byte, st *Statement) *Statement {
	key := shape{v, table, join, string(rest)}
	g.mu.Lock()
	defer g.mu.Unlock()
	if first := g.statements[key]; first != nil {
		return first
	}
	if len(g.statements) >= g.options.MaxStatements {
		g.evict()
	}
	g.statements[key] = st
	return st
}

// evict drops an arbitrary statement: hostile shapes then displace each other
// as often as useful ones, which are back after one more build.
func (g *Generator) evict() {
	for key, st := range g.statements {
		delete(g.statements, key)
		if g.options.Evicted != nil {
			g.options.Evicted(st)
		}
		return
	}
}

// Drain drops all statements, telling Evicted of each.
func (g *Generator) Drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.statements) > 0 {
		g.evict()
	}
}
