package admin

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

func forbid(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusForbidden, code, message)
}

func bad(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusBadRequest, code, message)
}

// The plugin's refusals.
var (
	ErrChangeRole        = forbid("YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", "You are not allowed to change users role")
	ErrCreateUsers       = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS", "You are not allowed to create users")
	ErrListUsers         = forbid("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS", "You are not allowed to list users")
	ErrListSessions      = forbid("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", "You are not allowed to list users sessions")
	ErrBanUsers          = forbid("YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "You are not allowed to ban users")
	ErrImpersonateUsers  = forbid("YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", "You are not allowed to impersonate users")
	ErrRevokeSessions    = forbid("YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", "You are not allowed to revoke users sessions")
	ErrDeleteUsers       = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS", "You are not allowed to delete users")
	ErrSetPassword       = forbid("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", "You are not allowed to set users password")
	ErrGetUser           = forbid("YOU_ARE_NOT_ALLOWED_TO_GET_USER", "You are not allowed to get user")
	ErrUpdateUsers       = forbid("YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS", "You are not allowed to update users")
	ErrSetEmail          = forbid("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", "You are not allowed to update users email")
	ErrSetPhone          = forbid("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER", "You are not allowed to update users phone number")
	ErrImpersonateAdmins = forbid("YOU_CANNOT_IMPERSONATE_ADMINS", "You cannot impersonate admins")
	ErrBannedUser        = forbid("BANNED_USER", "You have been banned from this application")
	ErrBanYourself       = bad("YOU_CANNOT_BAN_YOURSELF", "You cannot ban yourself")
	ErrRemoveYourself    = bad("YOU_CANNOT_REMOVE_YOURSELF", "You cannot remove yourself")
	ErrNoData            = bad("NO_DATA_TO_UPDATE", "No data to update")
	ErrNonExistentRole   = bad("YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", "You are not allowed to set a non-existent role value")
	ErrInvalidRoleType   = bad("INVALID_ROLE_TYPE", "Invalid role type")
	ErrPasswordByUpdate  = bad("PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER",
		"Password cannot be updated through update-user. Use the set-user-password endpoint instead")
	ErrUserIDByUpdate = bad("USER_ID_CANNOT_BE_UPDATED", "User id cannot be updated")
)

// Refusals the reference gives no code.
var (
	errNotImpersonating = bad("", "You are not impersonating anyone")
	errNoAdmin          = core.NewError(http.StatusInternalServerError, "", "Failed to find user")
	errNoAdminSession   = core.NewError(http.StatusInternalServerError, "", "Failed to find admin session")
	errNoPermissions    = bad("", "invalid permission check. no permission(s) were passed.")
	errNobody           = bad("", "user id or role is required")
	errNoSuchUser       = bad("", "user not found")
)

func refusals() []*core.Error {
	return []*core.Error{ErrChangeRole, ErrCreateUsers, ErrListUsers, ErrListSessions, ErrBanUsers, ErrImpersonateUsers,
		ErrRevokeSessions, ErrDeleteUsers, ErrSetPassword, ErrGetUser, ErrUpdateUsers, ErrSetEmail, ErrSetPhone,
		ErrImpersonateAdmins, ErrBannedUser, ErrBanYourself, ErrRemoveYourself, ErrNoData, ErrNonExistentRole,
		ErrInvalidRoleType, ErrPasswordByUpdate, ErrUserIDByUpdate}
}
