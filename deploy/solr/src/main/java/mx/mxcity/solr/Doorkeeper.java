package mx.mxcity.solr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.security.ConstraintMapping;
import org.eclipse.jetty.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.util.security.Constraint;
import org.eclipse.jetty.util.security.Password;

/** Asks each request for the one account of the node (HTTP basic authentication). */
final class Doorkeeper {

  private static final String ROLE = "portal";

  private Doorkeeper() {}

  /**
   * A handler that lets in who knows the password.
   *
   * @param credentials a file with {@code NAME:PASSWORD}, which its owner alone can read
   * @throws IOException the file cannot be read, or says something else
   */
  static ConstraintSecurityHandler of(Path credentials) throws IOException {
    String[] account = Files.readString(credentials).strip().split(":", 2);
    if (account.length != 2 || account[0].isEmpty() || account[1].isEmpty()) {
      throw new IOException(credentials + " does not hold NAME:PASSWORD");
    }
    UserStore users = new UserStore();
    users.addUser(account[0], new Password(account[1]), new String[] {ROLE});
    HashLoginService login = new HashLoginService("solr");
    login.setUserStore(users);

    Constraint constraint = new Constraint(Constraint.__BASIC_AUTH, ROLE);
    constraint.setAuthenticate(true);
    ConstraintMapping everything = new ConstraintMapping();
    everything.setPathSpec("/*");
    everything.setConstraint(constraint);

    ConstraintSecurityHandler handler = new ConstraintSecurityHandler();
    handler.setAuthenticator(new BasicAuthenticator());
    handler.setLoginService(login);
    handler.addConstraintMapping(everything);
    return handler;
  }
}
