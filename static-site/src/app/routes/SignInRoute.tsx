import { useNavigate, useSearch } from '@tanstack/react-router';
import { SignIn } from '@/features/session/SignIn';
import { EnvironmentChoice } from '../shell/environments';
import { credentials, useCredentials } from '@/shared/api/credentials';

export default function SignInRoute() {
  const { refusal } = useCredentials();
  const { back } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  return (
    <SignIn
      environments={<EnvironmentChoice />}
      reason={refusal}
      onSignedIn={(key) => {
        credentials.signIn(key);
        void navigate({ href: back ?? '/', replace: true });
      }}
    />
  );
}
