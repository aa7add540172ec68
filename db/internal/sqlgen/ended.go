package sqlgen

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Ended names the end of the context as the cause where a transaction of
// database/sql is over for that reason: the package undoes it behind the
// caller's back, and then says only that it is over.
func Ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
