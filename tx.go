package watchword

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Tx is a view of an instance whose calls run in one of the application's own
// transactions, so that it can create its row and the user in one commit.
// Make one with [Auth.WithTx]. It belongs to one goroutine and one
// transaction.
type Tx struct {
	kernel    *core.Kernel
	committed func()
}

// WithTx returns a view whose calls run in a transaction that the application
// began and will end. The executor is what the adapter in use makes of it,
// such as (*sqlite.Adapter).UseTx. Mails and after-hooks wait until
// [Tx.Committed] is called; when the transaction is undone they never happen.
//
//	sqlTx, err := handle.BeginTx(ctx, nil)
//	defer sqlTx.Rollback()
//	tx := auth.WithTx(store.UseTx(sqlTx))
//	out, err := watchword.Invoke(ctx, tx, emailpassword.SignUp, input, watchword.Call{})
//	_, err = sqlTx.ExecContext(ctx, "INSERT INTO profile …", out.User.ID)
//	if err := sqlTx.Commit(); err == nil {
//		tx.Committed()
//	}
//
// Secondary storage is not part of the transaction.
func (a *Auth) WithTx(x db.Executor) *Tx {
	k, committed := a.kernel.Within(x)
	return &Tx{k, committed}
}

// Kernel returns the view that calls are made on.
func (t *Tx) Kernel() *core.Kernel { return t.kernel }

// Committed tells that the transaction is final: what waited for that runs
// now. It is to be called once, after a successful commit.
func (t *Tx) Committed() { t.committed() }
