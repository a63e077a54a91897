import type { Texts } from "../catalogue";
import type { home as source } from "../en/home";

export const home: Texts<typeof source> = {
  "home.events": "Eventos",
  "home.new_event": "Nuevo evento",
  "home.empty": "Empieza con un evento",
  "home.empty.what":
    "Una cena, un viaje, un piso: cualquier cosa cuyos gastos compartís. Añade a las personas y luego lo que pagó cada una.",
  "home.search": "Buscar eventos",
  "home.none_found": "Ningún evento se llama así.",
  "home.archived": "Eventos archivados",
  "home.people.one": "{count} persona",
  "home.people.other": "{count} personas",
  "home.unsent.one": "{count} cambio está por enviar.",
  "home.unsent.other": "{count} cambios están por enviar.",
  "home.unsent_others.one": "{count} cambio espera aquí hasta que quien lo hizo vuelva a entrar.",
  "home.unsent_others.other": "{count} cambios esperan aquí hasta que quien los hizo vuelva a entrar.",
  "home.guest.what":
    "Eres invitado en este dispositivo. Con una cuenta encuentras tus eventos en todos tus dispositivos y ves lo que debes en total.",
  "home.sign_up": "Crear cuenta",
  "home.sign_in": "Entrar",
  "home.totals": "En todos los eventos",
  "home.you_owe": "Debes",
  "home.you_are_owed": "Te deben",
  "home.square": "Estás en paz con todos",
  "home.square.what": "Nadie te debe nada y no debes nada a nadie.",
  "home.by_person": "Por persona",
  "home.owes_you": "{name} te debe",
  "home.you_owe_them": "Debes a {name}",
  "welcome.title": "Dinero compartido, todo en paz.",
  "welcome.what":
    "Anota quién pagó qué. Allsquare sabe quién debe a quién, por qué, y con qué pocos pagos queda saldado.",
  "welcome.link": "¿Te han enviado un enlace?",
  "welcome.link.what": "Ábrelo en este dispositivo: no necesitas cuenta para participar.",
};
