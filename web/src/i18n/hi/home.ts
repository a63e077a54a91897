import type { Texts } from "../catalogue";
import type { home as source } from "../en/home";

export const home: Texts<typeof source> = {
  "home.events": "इवेंट",
  "home.new_event": "नया इवेंट",
  "home.empty": "एक इवेंट से शुरू करें",
  "home.empty.what": "खाना, यात्रा, साझा घर: जिसका ख़र्च आप बाँटते हैं। लोगों को जोड़ें, फिर लिखें किसने क्या दिया।",
  "home.archived": "संग्रहीत इवेंट",
  "home.people.one": "{count} व्यक्ति",
  "home.people.other": "{count} लोग",
  "home.unsent.one": "{count} बदलाव भेजा जाना बाक़ी है।",
  "home.unsent.other": "{count} बदलाव भेजे जाने बाक़ी हैं।",
  "home.guest.what": "इस डिवाइस पर आप अतिथि हैं। खाता बनाने पर आपके इवेंट हर डिवाइस पर मिलेंगे और कुल हिसाब दिखेगा।",
  "home.sign_up": "खाता बनाएँ",
  "home.sign_in": "साइन इन करें",
  "home.totals": "सभी इवेंट मिलाकर",
  "home.you_owe": "आपको देना है",
  "home.you_are_owed": "आपको मिलना है",
  "home.square": "आपका सब बराबर है",
  "home.square.what": "न किसी को आपको देना है, न आपको किसी को।",
  "home.by_person": "व्यक्ति के अनुसार",
  "home.owes_you": "{name} को आपको देना है",
  "home.you_owe_them": "आपको {name} को देना है",
  "welcome.title": "साझा पैसा, सब बराबर।",
  "welcome.what": "लिखें किसने क्या दिया। Allsquare जानता है किसे किसको देना है, क्यों, और सबसे कम भुगतान में कैसे चुकेगा।",
  "welcome.link": "क्या आपको लिंक मिला है?",
  "welcome.link.what": "उसे इसी डिवाइस पर खोलें: भाग लेने के लिए खाता ज़रूरी नहीं।",
};
