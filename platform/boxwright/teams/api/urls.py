"""auth/, me/, teams/ and invitations/."""

from django.urls import URLPattern, path

from boxwright.teams.api import accounts, audit, invitations, passwords, sessions, teams, tokens

urlpatterns: list[URLPattern] = [
    path("auth/session/", accounts.SessionView.as_view(), name="session"),
    path("auth/setup/", accounts.SetupView.as_view(), name="setup"),
    path("auth/login/", accounts.LoginView.as_view(), name="login"),
    path("auth/logout/", accounts.LogoutView.as_view(), name="logout"),
    path("auth/token/", tokens.TokenView.as_view(), name="token"),
    path("auth/tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("auth/tokens/<int:token_id>/", tokens.OwnTokenView.as_view(), name="own-token"),
    path("auth/sessions/", sessions.SessionsView.as_view(), name="sessions"),
    path("auth/sessions/<uuid:public_id>/", sessions.OwnSessionView.as_view(), name="own-session"),
    path("auth/password/", passwords.PasswordView.as_view(), name="password"),
    path("auth/reset/", passwords.ResetView.as_view(), name="reset"),
    path("auth/reset/confirm/", passwords.ResetConfirmView.as_view(), name="reset-confirm"),
    path("me/", accounts.MeView.as_view(), name="me"),
    path("me/audit/", audit.MyAuditView.as_view(), name="my-audit"),
    path("teams/", teams.TeamsView.as_view(), name="teams"),
    path("teams/<slug:slug>/", teams.TeamView.as_view(), name="team"),
    path("teams/<slug:slug>/members/", teams.MembersView.as_view(), name="members"),
    path("teams/<slug:slug>/members/<int:membership_id>/", teams.MemberView.as_view(), name="member"),
    path("teams/<slug:slug>/invitations/", invitations.InvitationsView.as_view(), name="invitations"),
    path("teams/<slug:slug>/invitations/<int:invitation_id>/", invitations.InvitationView.as_view(), name="invitation"),
    path("teams/<slug:slug>/audit/", audit.AuditView.as_view(), name="audit"),
    path("invitations/preview/", invitations.PreviewView.as_view(), name="invitation-preview"),
    path("invitations/accept/", invitations.AcceptView.as_view(), name="invitation-accept"),
]
